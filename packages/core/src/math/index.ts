export * from './elementary.js';
