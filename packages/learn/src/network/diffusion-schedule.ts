import { InvalidInputError } from '@metalore/core/errors';
import { exp } from '@metalore/core/math';

/** Coefficients of a chain of N steps; entry i − 1 is that of step i, which leads from x_i to x_{i−1}. */
export interface DiffusionSchedule {
  /** N. */
  readonly steps: number;
  /** β_i: how much of the variance of x_i is new noise. */
  readonly beta: Float64Array;
  /** ᾱ_i = Π_{j ≤ i} (1 − β_j): x_i = √ᾱ_i x_0 + √(1 − ᾱ_i) ε. */
  readonly alphaBar: Float64Array;
  /** c1(i), the weight of x̂_0 in the mean of x_{i−1}. */
  readonly fromData: Float64Array;
  /** c2(i), the weight of x_i there. */
  readonly fromNoisy: Float64Array;
  /** σ_i, the standard deviation of x_{i−1} around its mean; 0 at i = 1. */
  readonly sigma: Float64Array;
}

/**
 * The variance-preserving schedule β_i = 1 − exp(−0.1 / N − 4.95 (2i − 1) / N²) (Xiao et al. 2022; paper 002, second
 * paper, V-A) with the posterior of Ho et al. 2020, eqs. 6-7:
 *
 *     c1 = √ᾱ_{i−1} β_i / (1 − ᾱ_i),  c2 = √(1 − β_i) (1 − ᾱ_{i−1}) / (1 − ᾱ_i),  σ² = β_i (1 − ᾱ_{i−1}) / (1 − ᾱ_i)
 *
 * @param steps N
 * @throws InvalidInputError N is no positive integer
 */
export function diffusionSchedule(steps: number): DiffusionSchedule {
  if (!Number.isInteger(steps) || steps < 1) {
    const message = `${steps}: expected an integer of at least 1`;
    throw new InvalidInputError('diffusion schedule', [{ path: 'steps', message }]);
  }
  const array = () => new Float64Array(steps);
  const schedule = {
    steps,
    beta: array(),
    alphaBar: array(),
    fromData: array(),
    fromNoisy: array(),
    sigma: array(),
  };
  let before = 1;
  for (let k = 0; k < steps; k++) {
    const alpha = exp(-0.1 / steps - (4.95 * (2 * k + 1)) / (steps * steps));
    const beta = 1 - alpha;
    const after = before * alpha;
    schedule.beta[k] = beta;
    schedule.alphaBar[k] = after;
    schedule.fromData[k] = (Math.sqrt(before) * beta) / (1 - after);
    schedule.fromNoisy[k] = (Math.sqrt(alpha) * (1 - before)) / (1 - after);
    schedule.sigma[k] = Math.sqrt((beta * (1 - before)) / (1 - after));
    before = after;
  }
  return schedule;
}

/** Numbers of {@link timeEmbedding}. */
export const EMBEDDING_SIZE = 16;

/** Sinusoidal embedding of step i, counted from 1 (Vaswani et al. 2017): sin(t ω_k), then cos(t ω_k), ω_k = 10⁴^{−k/7}, t = i − 1. */
export function timeEmbedding(step: number): Float64Array {
  const half = EMBEDDING_SIZE / 2;
  const embedding = new Float64Array(EMBEDDING_SIZE);
  for (let k = 0; k < half; k++) {
    const angle = (step - 1) * exp((-LN_10_000 * k) / (half - 1));
    embedding[k] = Math.sin(angle);
    embedding[half + k] = Math.cos(angle);
  }
  return embedding;
}

const LN_10_000 = 9.210340371976184;
