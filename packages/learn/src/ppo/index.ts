export { Ppo } from './ppo.js';
export { ppoOptionsSchema, type PpoInput, type PpoOptions } from './options.js';
export { generalisedAdvantages } from './gae.js';
