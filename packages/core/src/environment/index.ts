export { EnvironmentArrays, type EnvironmentShape } from './arrays.js';
export type * from './contract.js';
export { actionSize, isDiscrete } from './spaces.js';
export { checkEnvironment, type CheckOptions } from './check.js';
