export { DenoisingChain, type ChainSettings } from './chain.js';
export { ConditionalGenerator, type GeneratorSnapshot } from './generator.js';
export { diffusionSchedule, timeEmbedding, type DiffusionSchedule } from './schedule.js';
