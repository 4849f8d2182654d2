import { exp, log } from '../math/index.js';
import type { AuctionPrior } from './instance.js';

/** x^y for x > 0. */
function power(x: number, y: number): number {
  return exp(y * log(x));
}

/**
 * Mean of the k-th largest of J independent Pareto(a) matches of mean 1 (least value (a − 1)/a):
 * E M_(k) = (a−1)/a · Γ(J+1) Γ(k−1/a) / (Γ(J+1−1/a) Γ(k)), as a product, which needs no Gamma function.
 *
 * @param tail a > 1
 * @param simulators J ≥ 1
 * @param k 1 is the largest
 */
export function matchMean(tail: number, simulators: number, k: number): number {
  const inverse = 1 / tail;
  let mean = 1 - inverse;
  for (let m = 1; m <= simulators; m++) mean *= m / (m - inverse);
  for (let m = 1; m < k; m++) mean *= (m - inverse) / m;
  return mean;
}

/** Match μ0 of the driving simulator: as said, or halfway between the means of the two best matches. */
export function drivingMatchOf({ drivingMatch, tail }: AuctionPrior, simulators: number): number {
  return drivingMatch ?? (matchMean(tail, simulators, 1) + matchMean(tail, simulators, 2)) / 2;
}

/** Price scaling factor α* = max(1, μ0 / E M_(2)); 1 with one simulator. */
export function bestAlpha(prior: AuctionPrior, simulators: number): number {
  if (simulators === 1) return 1;
  return Math.max(1, drivingMatchOf(prior, simulators) / matchMean(prior.tail, simulators, 2));
}

/**
 * Expected match that the modified second bid gives a unit of rest, at any α ≥ 1:
 * E M_(2) · a/(a−1) · α^{1−a} + μ0 (1 − α^{−a}), as M_(1)/M_(2) is Pareto(a) from 1 and independent of M_(2).
 * With one simulator x_(2) = 0, so it always buys: E M_(1).
 */
export function expectedMatch(prior: AuctionPrior, simulators: number, alpha: number): number {
  const { tail } = prior;
  if (simulators === 1) return matchMean(tail, 1, 1);
  return (
    (matchMean(tail, simulators, 2) * tail * power(alpha, 1 - tail)) / (tail - 1) +
    drivingMatchOf(prior, simulators) * (1 - power(alpha, -tail))
  );
}
