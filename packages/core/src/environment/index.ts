export type * from './contract.js';
export { actionSize, isDiscrete } from './spaces.js';
