export * from './model/instance.js';
export * from './model/draw.js';
export * from './model/evaluate.js';
export * from './search/solution.js';
export * from './search/solve.js';
export * from './search/alternating.js';
