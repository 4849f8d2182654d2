import type { ServingInstance } from '../instance.js';
import type { OfflineProblem } from './offline-problem.js';
import { offlineProblem } from './offline-problem.js';
import { PricedPlan } from './priced-plan.js';

export interface LowerBoundOptions {
  /** Steps of the ascent on prices. */
  readonly iterations?: number;
  /** Requests that share one price of memory. */
  readonly binRequests?: number;
  /** A cost per slot that can be had; the ascent aims at it. Missing: half way between the first bound and the cloud. */
  readonly upperBound?: number;
  /** Prices to start from, of an earlier bound with the same bins. Missing: the best single price. */
  readonly startPrices?: Float64Array;
}

export interface LowerBound {
  /** No policy that loads on a miss costs less, per slot. */
  readonly perSlot: number;
  /** The prices behind it, per GB and request. `Float64Array [bins]` */
  readonly prices: Float64Array;
  readonly binRequests: number;
}

const HALVE_AFTER = 15;

/**
 * Lagrangian bound: the constraint "resident GB ≤ capacity" gets a price per GB for every bin of requests; what is left
 * falls apart into one small dynamic programme per service, and whatever the prices are, the sum of their optima less
 * capacity · Σ prices is a lower bound. Prices are raised where the programmes want more than there is (subgradient
 * ascent with Polyak's step length).
 *
 * It holds for every policy that loads a model only on a miss of that model, as all here but Random and prefetching do.
 */
export function lowerBound(instance: ServingInstance, options: LowerBoundOptions = {}): LowerBound {
  return boundOf(offlineProblem(instance), options);
}

/** {@link lowerBound} of a problem that is laid out already. */
export function boundOf(problem: OfflineProblem, options: LowerBoundOptions = {}): LowerBound {
  const binRequests = options.binRequests ?? Math.max(1, Math.min(44, Math.ceil(problem.requests / 8)));
  const iterations = options.iterations ?? defaultIterations(problem.requests);
  const plan = new PricedPlan(problem, binRequests);
  const prices = new Float64Array(plan.bins);
  const direction = new Float64Array(plan.bins);
  let best = -Infinity;
  let bestPrices = prices.slice();
  const consider = (): number => {
    const value = plan.solve(prices);
    if (value > best) {
      best = value;
      bestPrices = prices.slice();
    }
    return value;
  };
  if (options.startPrices === undefined) startPrice(plan, prices, consider);
  else {
    prices.set(options.startPrices);
    consider();
  }
  prices.set(bestPrices);
  const target = (options.upperBound ?? (best + cloudCost(problem)) / 2 / problem.slots) * problem.slots;
  let aim = 1;
  let stale = 0;
  for (let step = 0; step < iterations && best < target; step++) {
    const before = best;
    const value = consider();
    stale = best > before ? 0 : stale + 1;
    if (stale > HALVE_AFTER) {
      aim /= 2;
      stale = 0;
      prices.set(bestPrices);
      direction.fill(0);
      if (aim < 1e-3) break;
      continue;
    }
    let square = 0;
    for (let bin = 0; bin < prices.length; bin++) {
      direction[bin] = 0.7 * direction[bin] + 0.3 * plan.excess[bin];
      square += direction[bin] * direction[bin];
    }
    if (square === 0) break;
    const length = (aim * (target - value)) / square;
    for (let bin = 0; bin < prices.length; bin++) {
      prices[bin] = Math.max(0, prices[bin] + length * direction[bin]);
    }
  }
  return { perSlot: best / problem.slots, prices: bestPrices, binRequests };
}

/** One price for all bins, by halving the interval on which the demand for memory crosses the capacity. */
function startPrice(plan: PricedPlan, prices: Float64Array, consider: () => number): void {
  prices.fill(0);
  consider();
  let low = 0;
  let high = plan.highestPrice;
  for (let step = 0; step < 25; step++) {
    const middle = (low + high) / 2;
    prices.fill(middle);
    consider();
    if (plan.totalExcess > 0) low = middle;
    else high = middle;
  }
}

function cloudCost(problem: OfflineProblem): number {
  let counted = 0;
  for (const flag of problem.counts) counted += flag;
  return counted * problem.instance.params.cCloud;
}

/** Fewer steps for long traces, so that the bound takes seconds at most. */
function defaultIterations(requests: number): number {
  return Math.max(60, Math.min(400, Math.round(2e7 / Math.max(1, requests))));
}
