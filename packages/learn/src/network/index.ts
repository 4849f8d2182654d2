export { Forward } from './forward.js';
export { Mlp, type Activation, type MlpOptions, type MlpWeights } from './mlp.js';
export { ADAM_DEFAULTS, Parameters, type AdamOptions } from './parameters.js';
export { Regression } from './regression.js';
export { Kernel } from '../kernel/kernel.js';
