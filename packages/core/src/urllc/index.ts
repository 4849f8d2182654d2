export * from './instance.js';
export * from './draw.js';
export * from './evaluate.js';
export * from './solution.js';
export * from './solve.js';
export * from './alternating.js';
