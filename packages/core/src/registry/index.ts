export * from './members.js';
export * from './registry.js';
