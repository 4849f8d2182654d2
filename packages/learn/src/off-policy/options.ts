import { z } from 'zod';
import { schedule } from '../training/schedule.js';

const positiveInteger = z.number().int().positive();

/** Options of every learner that replays transitions, mostly under the names of Stable-Baselines3 in camel case. */
export const offPolicyShape = {
  totalTimesteps: positiveInteger.default(100_000).describe('environment steps in all'),
  numEnvs: positiveInteger.default(1).describe('environments stepped together'),
  logInterval: positiveInteger.default(1000).describe('environment steps per record'),
  learningRate: schedule(3e-4, 'step size of Adam'),
  criticLearningRate: schedule(3e-4, 'step size of Adam of the critics')
    .nullable()
    .default(null)
    .describe('step size of the critics; null: learningRate'),
  weightDecay: z.number().min(0).default(0).describe('λ of λ ‖θ‖²/2 in every loss'),
  bufferSize: positiveInteger.default(100_000).describe('transitions in the replay'),
  learningStarts: positiveInteger.default(100).describe('steps of uniform actions before learning'),
  batchSize: positiveInteger.default(256).describe('transitions per update'),
  priorityExponent: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('α of replay by priority, draws in proportion to |error|^α; 0: uniform'),
  importanceExponent: schedule(0.4, 'β of the weights that mend draws by priority'),
  gradientSteps: positiveInteger.default(1).describe('updates per step of all environments'),
  gamma: z.number().min(0).max(1).default(0.99).describe('discount factor'),
  nSteps: positiveInteger.default(1).describe('steps whose rewards a transition sums'),
  rewardScale: z
    .number()
    .positive()
    .default(1)
    .describe('factor on rewards in the replay, so that values are of the order of 1'),
  tau: z.number().positive().max(1).default(0.005).describe('rate at which the targets follow the critics'),
  netArch: z.array(positiveInteger).min(1).default([64, 64]).describe('hidden units'),
  activation: z.enum(['tanh', 'relu', 'mish']).default('tanh').describe('between the layers'),
  observationScale: z
    .enum(['linear', 'log'])
    .default('linear')
    .describe('log: sign(x) · ln(1 + |x|) of every observation'),
  normalizeObservations: z
    .boolean()
    .default(false)
    .describe('to the mean 0 and variance 1 that a uniform draw between the bounds of its space would have'),
};

/** Options that change how a learner explores, with its defaults. */
export const explorationShape = {
  uniformShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('share of uniform actions after learning has started'),
  criticWarmup: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('updates of the critics alone, on the uniform actions, before anything else'),
};

/** What the loop needs to know; each learner has more. */
export type OffPolicyOptions = z.output<z.ZodObject<typeof offPolicyShape>> & {
  readonly criticWarmup?: number;
};
