export * from './mobility.js';
export * from './registry.js';
export * from './trace.js';
