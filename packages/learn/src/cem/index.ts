export { Cem, cemOptionsSchema, type CemInput, type CemOptions } from './cem.js';
export { CrossEntropySearch, type Generation, type SearchSettings, type SearchSnapshot } from './search.js';
