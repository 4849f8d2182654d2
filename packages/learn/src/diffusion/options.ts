import { z } from 'zod';
import { explorationShape, offPolicyShape } from '../off-policy/options.js';
import { entCoefSchema } from '../off-policy/temperature.js';

/** Options of the diffusion policy. */
export const diffusionOptionsSchema = z.strictObject({
  ...offPolicyShape,
  ...explorationShape,
  netArch: offPolicyShape.netArch.default([128, 128]),
  activation: offPolicyShape.activation.default('mish'),
  denoisingSteps: z.int().positive().default(5).describe('N'),
  prediction: z
    .enum(['sample', 'noise'])
    .default('sample')
    .describe('what the network says: x̂_0 through a tanh, or the noise, with x̂_0 clamped to [−1, 1]'),
  entCoef: entCoefSchema(0.05).describe('weight α of the entropy among numbered actions; no part of a box'),
});

/** All options of a training run, resolved. */
export type DiffusionOptions = z.output<typeof diffusionOptionsSchema>;
/** Options as given: whatever is missing has its default. */
export type DiffusionInput = z.input<typeof diffusionOptionsSchema>;

/** Constants of public programs, by name. The papers omit most of them. */
export const DIFFUSION_PRESETS = {
  /** The authors' code of D2SAC (paper 002, second paper, V-B). */
  d2sac: {
    denoisingSteps: 5,
    entCoef: 0.05,
    gamma: 0.95,
    nSteps: 3,
    bufferSize: 1_000_000,
    batchSize: 512,
    learningRate: 1e-4,
    criticLearningRate: 1e-3,
    weightDecay: 1e-4,
    tau: 0.005,
    netArch: [256, 256],
    activation: 'mish',
  },
  /** The public optimiser behind paper 002, second paper, V-A; the paper says N = 10. */
  optimiser: {
    denoisingSteps: 6,
    prediction: 'noise',
    gamma: 0,
    bufferSize: 1_000_000,
    batchSize: 512,
    learningRate: 1e-4,
    weightDecay: 1e-4,
    netArch: [256, 256],
    activation: 'mish',
  },
} as const satisfies Record<string, DiffusionInput>;
