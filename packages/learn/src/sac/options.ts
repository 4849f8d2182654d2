import { z } from 'zod';
import { explorationShape, offPolicyShape } from '../off-policy/options.js';
import { entCoefSchema } from '../off-policy/temperature.js';

/** Options of SAC under the names, in camel case, and mostly with the defaults of Stable-Baselines3 2.x. */
export const sacOptionsSchema = z.strictObject({
  ...offPolicyShape,
  ...explorationShape,
  entCoef: entCoefSchema('auto'),
});

/** All options of a training run, resolved. */
export type SacOptions = z.output<typeof sacOptionsSchema>;
/** Options as given: whatever is missing has its default. */
export type SacInput = z.input<typeof sacOptionsSchema>;
