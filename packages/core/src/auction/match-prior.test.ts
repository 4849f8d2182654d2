import { describe, expect, it } from 'vitest';
import { RandomStream } from '../random/index.js';
import type { AuctionPrior } from './instance.js';
import { bestAlpha, drivingMatchOf, expectedMatch, matchMean } from './match-prior.js';
import { orderStatisticMean } from './testing/reference.js';

const prior = (tail: number, drivingMatch: number | null = null): AuctionPrior => ({
  tail,
  drivingMatch,
  taskValueMean: 0.5,
  remainingMean: 0.1,
});

/** The two best of J Pareto(a) matches of mean 1, many times. */
function topMatches(tail: number, simulators: number, rounds: number): Float64Array {
  const stream = new RandomStream(9, 'matches', simulators, Math.round(100 * tail));
  const top = new Float64Array(2 * rounds);
  for (let round = 0; round < rounds; round++) {
    for (let j = 0; j < simulators; j++) {
      const match = (1 - 1 / tail) * Math.pow(1 - stream.uniform(), -1 / tail);
      if (match > top[2 * round]) {
        top[2 * round + 1] = top[2 * round];
        top[2 * round] = match;
      } else if (match > top[2 * round + 1]) top[2 * round + 1] = match;
    }
  }
  return top;
}

/** Mean of what the modified second bid gives at α. */
function simulatedMatch(top: Float64Array, alpha: number, drivingMatch: number): number {
  let sum = 0;
  for (let at = 0; at < top.length; at += 2) sum += top[at] > alpha * top[at + 1] ? top[at] : drivingMatch;
  return sum / (top.length / 2);
}

describe('the prior on matches', () => {
  it('has the means of order statistics by the Gamma function', () => {
    for (const tail of [1.1, 2.5, 5]) {
      for (const simulators of [1, 2, 30, 400]) {
        for (const k of [1, 2, 3]) {
          expect(matchMean(tail, simulators, k) / orderStatisticMean(tail, simulators, k)).toBeCloseTo(1, 10);
        }
      }
    }
    expect(matchMean(3, 1, 1)).toBeCloseTo(1, 14);
  });

  it('gives the expected match within 1 % of 200,000 draws', () => {
    for (const [tail, simulators] of [
      [2.5, 30],
      [2.5, 2],
      [4, 10],
    ]) {
      const base = prior(tail);
      const alpha = bestAlpha(base, simulators);
      const top = topMatches(tail, simulators, 200_000);
      const simulated = simulatedMatch(top, alpha, drivingMatchOf(base, simulators));
      expect(Math.abs(simulated / expectedMatch(base, simulators, alpha) - 1)).toBeLessThan(0.01);
    }
    expect(expectedMatch(prior(2.5), 30, bestAlpha(prior(2.5), 30))).toBeCloseTo(3.7061, 4);
  });

  it('is best served by α*: at least .999 of the best of a grid, by formula and by draws', () => {
    const grid = Array.from({ length: 150 }, (_, k) => 1 + k / 50);
    for (const tail of [1.2, 2.5, 5]) {
      for (const simulators of [2, 30]) {
        const base = prior(tail);
        const alpha = bestAlpha(base, simulators);
        const mu0 = drivingMatchOf(base, simulators);
        const best = Math.max(...grid.map((a) => expectedMatch(base, simulators, a)));
        expect(expectedMatch(base, simulators, alpha) / best).toBeGreaterThan(1 - 1e-12);
        if (tail < 2) continue; // no variance
        // The α that is best on half of the draws, on the other half.
        const top = topMatches(tail, simulators, 80_000);
        const [first, second] = [top.subarray(0, 80_000), top.subarray(80_000)];
        const drawn = grid.map((a) => simulatedMatch(first, a, mu0));
        const rival = grid[drawn.indexOf(Math.max(...drawn))];
        const ratio = simulatedMatch(second, alpha, mu0) / simulatedMatch(second, rival, mu0);
        expect(ratio).toBeGreaterThan(0.999);
      }
    }
  });

  it('keeps at least 94.9 % of the first-best match, over tails, markets and driving simulators', () => {
    let least = 1;
    for (let tail = 1.2; tail < 5.01; tail += 0.2) {
      for (const simulators of [2, 30]) {
        const top = matchMean(tail, simulators, 1);
        for (let k = 0; k < 25; k++) {
          const base = prior(tail, (2.5 * top * k) / 24);
          const got = expectedMatch(base, simulators, bestAlpha(base, simulators));
          least = Math.min(least, got / firstBest(base, simulators));
        }
      }
    }
    expect(least).toBeGreaterThan(0.949);
    expect(least).toBeLessThan(0.96);
  });
});

/** E max(M_(1), μ0) = μ0 + ∫_{μ0}^∞ (1 − F(m)^J) dm, with m = x_m t^{−1/a} by midpoints in t. */
function firstBest(base: AuctionPrior, simulators: number): number {
  const { tail } = base;
  const least = 1 - 1 / tail;
  const mu0 = drivingMatchOf(base, simulators);
  const start = Math.max(mu0, least);
  // ∫_{start}^∞ 1 − (1 − (least/m)^a)^J dm with u = (start/m)^{a−1}: dm = −start/(a−1) · u^{−a/(a−1)} du
  const steps = 4000;
  let sum = 0;
  for (let k = 0; k < steps; k++) {
    const u = (k + 0.5) / steps;
    const m = start * Math.pow(u, -1 / (tail - 1));
    const above = -Math.expm1(simulators * Math.log1p(-Math.pow(least / m, tail)));
    sum += (above * start * Math.pow(u, -tail / (tail - 1))) / (tail - 1) / steps;
  }
  return start + sum;
}
