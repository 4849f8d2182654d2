import { exp, log } from '@metalore/core/math';
import type { RandomStream } from '@metalore/core/random';

/** Probability below which an action counts as never taken. */
const LEAST = 1e-300;

/**
 * Softmax of the `n` logits from `at` on, masked actions at 0.
 *
 * @param probabilities written from `to` on
 * @param mask 1 where an action may be taken, from `maskAt` on; missing: everywhere
 */
export function softmaxRow(
  logits: ArrayLike<number>,
  at: number,
  n: number,
  probabilities: Float64Array,
  to: number,
  mask?: ArrayLike<number>,
  maskAt = 0,
): void {
  let highest = -Infinity;
  for (let a = 0; a < n; a++) {
    if (mask !== undefined && mask[maskAt + a] === 0) continue;
    if (logits[at + a] > highest) highest = logits[at + a];
  }
  let sum = 0;
  for (let a = 0; a < n; a++) {
    const allowed = mask === undefined || mask[maskAt + a] !== 0;
    const p = allowed ? exp(logits[at + a] - highest) : 0;
    probabilities[to + a] = p;
    sum += p;
  }
  for (let a = 0; a < n; a++) probabilities[to + a] /= sum;
}

/** ln p, where an action that is never taken counts as taken with probability 1e-300. */
export function logProbability(p: number): number {
  return log(p < LEAST ? LEAST : p);
}

/** Draws an action by its probabilities, which start at `at`. */
export function drawAction(
  probabilities: ArrayLike<number>,
  at: number,
  n: number,
  stream: RandomStream,
): number {
  let rest = stream.uniform();
  let last = 0;
  for (let a = 0; a < n; a++) {
    const p = probabilities[at + a];
    if (p === 0) continue;
    last = a;
    rest -= p;
    if (rest < 0) return a;
  }
  return last;
}

/** The allowed action with the highest number, the lowest of equal ones. @param mask 1 where one may be taken, from `maskAt` on; missing: everywhere */
export function highestAction(
  values: ArrayLike<number>,
  at: number,
  n: number,
  mask?: ArrayLike<number>,
  maskAt = 0,
): number {
  let best = 0;
  let highest = -Infinity;
  for (let a = 0; a < n; a++) {
    if (mask !== undefined && mask[maskAt + a] === 0) continue;
    if (values[at + a] > highest) {
      highest = values[at + a];
      best = a;
    }
  }
  return best;
}
