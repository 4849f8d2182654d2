export { BestPolicy, OnRecord, Training, type Callback, type TrainingSnapshot } from './callbacks.js';
export { evaluatePolicy, meanOf, rollEpisodes, type BatchActor, type EpisodeMetrics } from './evaluate.js';
export type { Learner, TrainingRecord } from './learner.js';
export { TRAINING_SEEDS, VALIDATION_SEED, trainingSeed } from './seeds.js';
