export type * from './policy.js';
export * from './registry.js';
export * from './rules.js';
