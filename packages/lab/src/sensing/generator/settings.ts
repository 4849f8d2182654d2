import { OBSERVED_RANGES, scans } from '@metalore/core/sensing';
import { z } from 'zod';

const count = z.int().positive();

/** How a spectrum generator is trained. */
export const generatorSettingsSchema = z.strictObject({
  pairs: z.int().min(10).describe('drawn; four fifths are learnt from, the rest shows how well'),
  steps: count.describe('of Adam, a batch each'),
  rivalSteps: count.describe('of Adam for the perceptron that it is held against'),
  seed: z.int().nonnegative(),
  profile: z.enum(['well-posed', 'paper']),
  waves: z.enum(scans).describe('model of the waves themselves'),
});
export type GeneratorSettings = z.output<typeof generatorSettingsSchema>;

export const DEFAULT_SETTINGS: GeneratorSettings = {
  pairs: 10_000,
  steps: 7000,
  rivalSteps: 4000,
  seed: 1,
  profile: 'well-posed',
  waves: 'exact',
};

/** Numbers of an observation and of a spectrum. */
export const OBSERVED = 180 * OBSERVED_RANGES.length;
export const SPECTRUM = 180;

/** Hidden units of generator and perceptron, rows of a batch, first step of Adam (it falls to 0). */
export const NET_ARCH: readonly number[] = [256, 256];
export const BATCH = 256;
export const LEARNING_RATE = 1e-3;
/** Standard deviation of what is added to observations in training, whose own is 1. */
export const NOISE = 0.1;
/** N of the denoising chain. */
export const CHAIN_STEPS = 10;

/** Seeds of the draws that are learnt from start at so many for every training seed; those of unseen ones stand below all. */
export const TRAINING_DRAWS = 1_000_000;
export const UNSEEN_DRAWS = 1;
