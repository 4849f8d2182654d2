export { Cem, cemOptionsSchema, type CemInput, type CemOptions } from './cem.js';
