import { log, tanh } from '@metalore/core/math';
import type { BoxSpace } from '@metalore/core/environment';

const HALF_LOG_TWO_PI = 0.9189385332046727;

/** How a real number becomes an action inside its bounds. */
export type Head = 'clipped' | 'squashed';

/** clipped: min(max(u, low), high); squashed: low + (high − low) · (1 + tanh u) / 2. */
export function bounded(head: Head, u: number, low: number, high: number): number {
  if (head === 'clipped') return u < low ? low : u > high ? high : u;
  return low + ((high - low) * (1 + tanh(u))) / 2;
}

/** The u that {@link bounded} maps to an action strictly inside its bounds. */
export function unbounded(head: Head, action: number, low: number, high: number): number {
  if (head === 'clipped') return action;
  const centred = (2 * (action - low)) / (high - low) - 1;
  return log((1 + centred) / (1 - centred)) / 2;
}

/**
 * ln of the density of a diagonal Gaussian at u, a vector of `size` components that start at `uAt`; σ does not depend on
 * the state. For a squashed action this is the density before squashing: the Jacobian cancels in every ratio.
 */
export function logDensity(
  u: Float32Array,
  uAt: number,
  mean: Float32Array,
  meanAt: number,
  logStd: Float32Array,
  inverseStd: Float64Array,
): number {
  let sum = 0;
  for (let d = 0; d < inverseStd.length; d++) {
    const z = (u[uAt + d] - mean[meanAt + d]) * inverseStd[d];
    sum -= 0.5 * z * z + logStd[d] + HALF_LOG_TWO_PI;
  }
  return sum;
}

/** Entropy of the Gaussian before clipping or squashing: Σ (ln σ + ½ ln 2πe). */
export function gaussianEntropy(logStd: Float32Array, size: number): number {
  let sum = 0;
  for (let d = 0; d < size; d++) sum += logStd[d] + 0.5 + HALF_LOG_TWO_PI;
  return sum;
}

/** How many of `count` actions lie within 1e-3 of the range from a bound. */
export function countAtBounds(actions: Float64Array, space: BoxSpace): number {
  let count = 0;
  for (let i = 0; i < actions.length; i++) {
    const d = i % space.size;
    const margin = 1e-3 * (space.high[d] - space.low[d]);
    if (actions[i] <= space.low[d] + margin || actions[i] >= space.high[d] - margin) count++;
  }
  return count;
}
