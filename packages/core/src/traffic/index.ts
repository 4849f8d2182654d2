export * from './arrivals.js';
export * from './registry.js';
export * from './source.js';
