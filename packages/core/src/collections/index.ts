export * from './indexed-heap.js';
