export { boundsOf, capacityFree, type ProviderBounds } from './bound/bounds.js';
export { EXACT_PAIRS, planFrom, planProgram } from './bound/exact-plan.js';
export { roundedPlan } from './bound/plan.js';
export { relax, type Relaxation } from './bound/relaxation.js';
export {
  CODE_RUNTIME,
  drawInstance,
  drawnSchema,
  drawProviders,
  drawTasks,
  parseDrawn,
  type DrawnOptions,
  type DrawnWorld,
} from './draw.js';
export { ProviderEnvironment, type ProviderEnvironmentOptions } from './environment.js';
export {
  instanceSchema,
  parseInstance,
  runtimeS,
  utility,
  type CrashMode,
  type Provider,
  type ProviderInstance,
  type RewardMode,
} from './instance.js';
export { createMarket, valueOf, type Market } from './market.js';
export { maskFull, observationSize, observe, providerFeatures } from './observation.js';
export * from './policies/index.js';
export type { ProviderPolicy } from './policy.js';
export { outcomeOf, runPolicy, simulate, type ProviderOutcome } from './simulate.js';
export { ProviderSimulator, type EventListener, type TaskEvent } from './simulator.js';
