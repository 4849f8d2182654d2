export * from './path-loss.js';
export * from './rate.js';
