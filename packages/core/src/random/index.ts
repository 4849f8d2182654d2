export * from './stream.js';
export * from './poisson-table.js';
