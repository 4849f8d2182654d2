import { z } from 'zod';
import { schedule } from '../training/schedule.js';

/** Options of PPO under the names, in camel case, and with the defaults of Stable-Baselines3 2.x. */
export const ppoOptionsSchema = z.strictObject({
  totalTimesteps: z.number().int().positive().default(1_000_000).describe('environment steps in all'),
  numEnvs: z.number().int().positive().default(1).describe('environments stepped together'),
  learningRate: schedule(3e-4, 'step size of Adam'),
  nSteps: z.number().int().positive().default(2048).describe('steps of every environment per rollout'),
  batchSize: z.number().int().positive().default(64).describe('samples per gradient step'),
  nEpochs: z.number().int().positive().default(10).describe('passes over each rollout'),
  gamma: z.number().min(0).max(1).default(0.99).describe('discount factor'),
  gaeLambda: z.number().min(0).max(1).default(0.95).describe('λ of the generalised advantage'),
  clipRange: schedule(0.2, 'ε of the clipped surrogate'),
  clipRangeVf: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('clipping of the value, null for none'),
  normalizeAdvantage: z.boolean().default(true).describe('per minibatch: mean 0, standard deviation 1'),
  entCoef: schedule(0, 'weight of the entropy bonus'),
  vfCoef: z.number().min(0).default(0.5).describe('weight of the value loss'),
  maxGradNorm: z.number().positive().default(0.5).describe('gradients are scaled down to this norm'),
  targetKl: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('a rollout’s updates stop when the approximate KL divergence exceeds 1.5 times this'),
  netArch: z
    .array(z.number().int().positive())
    .min(1)
    .default([64, 64])
    .describe('hidden units of the policy and of the critic'),
  logStdInit: z.number().default(0).describe('logarithm of the initial standard deviation'),
  head: z
    .enum(['clipped', 'squashed'])
    .default('clipped')
    .describe(
      'how a Gaussian draw becomes a bounded action: clipped to the bounds, or low + range · (1 + tanh) / 2',
    ),
  initialAction: z
    .array(z.number())
    .nullable()
    .default(null)
    .describe(
      'the action that the first policy’s mean takes everywhere, strictly inside the bounds; null: output 0',
    ),
  normalizeObservations: z
    .boolean()
    .default(true)
    .describe('to running mean 0 and variance 1, clipped at ±10'),
  observationScale: z
    .enum(['linear', 'log'])
    .default('linear')
    .describe('log: sign(x) · ln(1 + |x|) of every observation before its normalisation'),
  normalizeRewards: z
    .boolean()
    .default(true)
    .describe('divided by the running standard deviation of the discounted return, clipped at ±10'),
  asymmetricCritic: z
    .boolean()
    .default(false)
    .describe('the critic sees the environment’s critic observations beside the policy’s'),
  bootstrapTruncated: z
    .boolean()
    .default(true)
    .describe(
      'an episode cut off by its step limit is valued as if it went on; false: the limit is the horizon',
    ),
});

/** All options of a training run, resolved. */
export type PpoOptions = z.output<typeof ppoOptionsSchema>;
/** Options as given: whatever is missing has its default. */
export type PpoInput = z.input<typeof ppoOptionsSchema>;
