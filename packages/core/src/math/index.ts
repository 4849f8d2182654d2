export * from './elementary.js';
export * from './cosine.js';
