export { DenoisingChain, type ChainSettings } from './chain.js';
export { DiffusionPolicy } from './diffusion-policy.js';
export { ConditionalGenerator, type GeneratorSnapshot } from './generator.js';
export {
  DIFFUSION_PRESETS,
  diffusionOptionsSchema,
  type DiffusionInput,
  type DiffusionOptions,
} from './options.js';
export { diffusionSchedule, timeEmbedding, type DiffusionSchedule } from '../network/diffusion-schedule.js';
