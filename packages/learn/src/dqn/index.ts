export { Dqn } from './dqn.js';
export { dqnOptionsSchema, type DqnInput, type DqnOptions } from './options.js';
