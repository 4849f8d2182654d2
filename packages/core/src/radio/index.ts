export * from './path-loss.js';
export * from './registry.js';
export * from './rate.js';
export * from './finite-blocklength.js';
export * from './shadow-field.js';
