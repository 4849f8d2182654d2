import { z } from 'zod';

/** Options of SAC under the names, in camel case, and mostly with the defaults of Stable-Baselines3 2.x. */
export const sacOptionsSchema = z.strictObject({
  totalTimesteps: z.number().int().positive().default(100_000).describe('environment steps in all'),
  logInterval: z.number().int().positive().default(1000).describe('environment steps per record'),
  learningRate: z.number().positive().default(3e-4).describe('step size of Adam, of all networks'),
  bufferSize: z.number().int().positive().default(100_000).describe('transitions in the replay'),
  learningStarts: z.number().int().min(1).default(100).describe('steps of uniform actions before learning'),
  batchSize: z.number().int().positive().default(256).describe('transitions per update'),
  gradientSteps: z.number().int().positive().default(1).describe('updates per step of all environments'),
  gamma: z.number().min(0).max(1).default(0.99).describe('discount factor'),
  nSteps: z.number().int().positive().default(1).describe('steps whose rewards a transition sums'),
  tau: z.number().positive().max(1).default(0.005).describe('rate at which the targets follow the critics'),
  entCoef: z
    .union([z.literal('auto'), z.number().positive()])
    .default('auto')
    .describe('temperature α; auto: learnt from 1 on, so that the entropy goes to −(number of actions)'),
  netArch: z.array(z.number().int().positive()).min(1).default([64, 64]).describe('hidden units'),
  observationScale: z
    .enum(['linear', 'log'])
    .default('linear')
    .describe('log: sign(x) · ln(1 + |x|) of every observation'),
});

/** All options of a training run, resolved. */
export type SacOptions = z.output<typeof sacOptionsSchema>;
/** Options as given: whatever is missing has its default. */
export type SacInput = z.input<typeof sacOptionsSchema>;
