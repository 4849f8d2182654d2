export * from './errors/index.js';
export * from './environment/index.js';
export * from './policy/index.js';
export * from './submetaverse/scenario/index.js';
export * from './submetaverse/index.js';
