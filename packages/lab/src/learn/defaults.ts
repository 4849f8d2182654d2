import type { PpoInput } from '@metalore/learn/ppo';
import type { DiffusionInput } from '@metalore/learn/diffusion';
import type { SacInput } from '@metalore/learn/sac';
import type { TrainingJob } from './job.js';
import type { Algorithm, LearnerInput } from './learners.js';
import type { ProblemKind } from './problems/index.js';

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

/**
 * SAC and diffusion on splits: one update of 256 transitions per 16 environment steps, rewards of the order of 1, and returns over 20
 * steps: what a split does to a queue shows long after (with one step and γ = .9 SAC stays below every good fixed split).
 */
const SPLITS_OFF_POLICY = {
  totalTimesteps: 64_000,
  numEnvs: 16,
  logInterval: 8000,
  learningStarts: 1600,
  observationScale: 'log',
  activation: 'relu',
  netArch: [64, 64],
  rewardScale: 0.02,
  gamma: 0.99,
  nSteps: 20,
} satisfies SacInput & DiffusionInput;

const SLOW_ACTOR = {
  learningRate: { initial: 3e-4, final: 0 },
  criticLearningRate: { initial: 2e-3, final: 0 },
};

/** What the small problems share: networks, batches, and observations that fill their space. */
const SMALL_OFF_POLICY = {
  batchSize: 256,
  netArch: [128, 128],
  normalizeObservations: true,
} satisfies SacInput & DiffusionInput;

/**
 * What SAC and diffusion have on contracts: a critic that first learns on uniform actions, a share of uniform actions ever
 * after, and steps that fall to nothing.
 */
const CONTRACT_OFF_POLICY = {
  ...SMALL_OFF_POLICY,
  totalTimesteps: 384_000,
  numEnvs: 64,
  logInterval: 32_000,
  learningStarts: 16_000,
  criticWarmup: 800,
  uniformShare: 0.05,
  bufferSize: 200_000,
  learningRate: { initial: 2e-3, final: 0 },
  activation: 'relu',
  gamma: 0,
} satisfies SacInput & DiffusionInput;

/** γ of D2SAC (paper 002, second paper, V-B); the rest is ours. */
const PROVIDER_OFF_POLICY = {
  ...SMALL_OFF_POLICY,
  totalTimesteps: 100_000,
  numEnvs: 10,
  logInterval: 5000,
  learningStarts: 5000,
  bufferSize: 100_000,
  learningRate: { initial: 1e-3, final: 0 },
  activation: 'mish',
  gamma: 0.95,
} satisfies SacInput & DiffusionInput;

/** Options of each algorithm on each kind of problem, over the algorithm's own defaults. */
export const LEARNER_DEFAULTS: Readonly<Record<ProblemKind, Partial<Record<Algorithm, LearnerInput>>>> = {
  submetaverse: {
    ppo: SUBMETAVERSE_PPO,
    cem: { totalTimesteps: 1_440_000 },
    sac: { ...SPLITS_OFF_POLICY, learningRate: { initial: 2e-3, final: 0 }, entCoef: 0.02 },
    diffusion: { ...SPLITS_OFF_POLICY, ...SLOW_ACTOR, denoisingSteps: 3, criticWarmup: 400 },
  },
  contract: {
    gradient: { totalTimesteps: 768_000, numEnvs: 256 },
    sac: CONTRACT_OFF_POLICY,
    diffusion: CONTRACT_OFF_POLICY,
    ppo: {
      totalTimesteps: 1_024_000,
      numEnvs: 256,
      nSteps: 8,
      batchSize: 512,
      nEpochs: 8,
      learningRate: { initial: 1e-3, final: 0 },
      gamma: 0,
      netArch: [128, 128],
      head: 'squashed',
      logStdInit: -1,
    },
  },
  provider: {
    sac: { ...PROVIDER_OFF_POLICY, entCoef: 0.05 },
    diffusion: { ...PROVIDER_OFF_POLICY, entCoef: 0.05 },
    dqn: { ...PROVIDER_OFF_POLICY, gradientSteps: 2, explorationFraction: 0.3, explorationFinalEps: 0.02 },
    ppo: {
      totalTimesteps: 300_000,
      numEnvs: 20,
      nSteps: 100,
      batchSize: 250,
      nEpochs: 6,
      learningRate: { initial: 2e-3, final: 0 },
      gamma: 0.95,
      netArch: [128, 128],
      entCoef: { initial: 0.02, final: 0 },
    },
  },
};

const VALIDATIONS: Readonly<Record<ProblemKind, TrainingJob['validation']>> = {
  submetaverse: VALIDATION,
  contract: { episodes: 400, everySteps: 64_000 },
  provider: { episodes: 10, everySteps: 10_000 },
};

/**
 * How the best policy of a training is found: on how many validation episodes, and how often; learners that replay make more of
 * a step, and are looked at more often on splits.
 */
export function validationOf(kind: ProblemKind, algorithm: Algorithm): TrainingJob['validation'] {
  const replays = algorithm === 'sac' || algorithm === 'diffusion';
  return kind === 'submetaverse' && replays ? { ...VALIDATION, everySteps: 8000 } : VALIDATIONS[kind];
}
