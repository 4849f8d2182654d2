import { z } from 'zod';
import { offPolicyShape } from '../off-policy/options.js';

const share = z.number().min(0).max(1);

/** Options of DQN, mostly under the names of Stable-Baselines3 in camel case. */
export const dqnOptionsSchema = z.strictObject({
  ...offPolicyShape,
  explorationFraction: share
    .default(0.1)
    .describe('share of the training over which uniform actions fall from all to explorationFinalEps'),
  explorationFinalEps: share.default(0.05).describe('share of uniform actions from there on'),
  maxGradNorm: z.number().positive().default(10).describe('gradients are scaled down to this norm'),
});

/** All options of a training run, resolved. */
export type DqnOptions = z.output<typeof dqnOptionsSchema>;
/** Options as given: whatever is missing has its default. */
export type DqnInput = z.input<typeof dqnOptionsSchema>;
