export { Replay, replayBatch, type ReplayBatch, type ReplayOptions, type ReplaySnapshot } from './replay.js';
