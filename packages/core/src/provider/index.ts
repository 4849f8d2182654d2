export * from './draw.js';
export * from './instance.js';
export * from './market.js';
export * from './policies/index.js';
export * from './policy.js';
export * from './simulate.js';
export * from './simulator.js';
