import type { PpoInput } from '@metalore/learn/ppo';
import type { TrainingJob } from './job.js';

/**
 * What PPO needs to learn splits, beside Stable-Baselines3's defaults; docs/learning.md shows what each of these is worth.
 * Whole episodes without discount, since what counts is the sum over the episode (paper 000, eq. 8); a critic that sees
 * what the policy does not; and a first policy that does not drown its own mean in noise.
 */
export const SUBMETAVERSE_PPO: PpoInput = {
  totalTimesteps: 768_000,
  numEnvs: 64,
  nSteps: 100,
  batchSize: 320,
  nEpochs: 5,
  learningRate: { initial: 3e-3, final: 0 },
  gamma: 1,
  gaeLambda: 0.95,
  bootstrapTruncated: false,
  asymmetricCritic: true,
  head: 'squashed',
  logStdInit: -0.7,
};

/** What the critic sees beside the policy's observation, by name. */
export const CRITIC_FEATURES: readonly string[] = [
  'episode-time',
  'request-queue-units',
  'update-queue-units',
  'request-uplink-mbit',
  'update-uplink-mbit',
  'request-head-age-steps',
  'mean-aosi-steps',
];

/** How the best policy of a training is found: on how many validation episodes, and how often. */
export const VALIDATION: TrainingJob['validation'] = { episodes: 200, everySteps: 64_000 };

/**
 * PPO's first policy: the best of a coarse grid of fixed splits over five episodes. It costs a few thousand steps and
 * decides in which basin learning starts: from the middle, a penalty for late requests first teaches to serve none.
 */
export const WARM_START: NonNullable<TrainingJob['warmStart']> = {
  grid: [0.1, 0.2, 0.3, 0.4, 0.5, 0.7],
  episodes: 5,
};
