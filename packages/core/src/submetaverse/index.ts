export * from './association.js';
export * from './bandwidth-scheduler.js';
export * from './metrics.js';
export * from './observation.js';
export * from './reward.js';
export * from './sensor-selection.js';
export * from './simulator.js';
export { type LinkTraceData } from './link-trace.js';
export * as jobFields from './job-store.js';
