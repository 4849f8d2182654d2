/**
 * Episodes are named by a run's seed and their number. Training and validation have seeds of their own, above every seed
 * that a user would type, so that whatever a policy is judged by, it has not seen.
 */
export const TRAINING_SEEDS = 2 ** 40;
export const VALIDATION_SEED = 2 ** 41;

/** Seed of the episodes that a training with this seed plays. */
export function trainingSeed(seed: number): number {
  return TRAINING_SEEDS + seed;
}
