export { sacOptionsSchema, type SacInput, type SacOptions } from './options.js';
export { Sac } from './sac.js';
