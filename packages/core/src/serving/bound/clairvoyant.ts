import type { ServingInstance } from '../instance.js';
import type { LowerBound } from './lower-bound.js';
import { boundOf } from './lower-bound.js';
import type { OfflineProblem } from './offline-problem.js';
import { offlineProblem } from './offline-problem.js';
import { priceDirected } from './price-directed.js';
import { replan } from './replan.js';
import type { Schedule } from './schedule.js';

/** Factors on the prices that are tried: plans that honour capacity want to see memory a little cheaper or dearer. */
const PRICE_SCALES = [0.3, 0.7, 0.8, 0.85, 0.9, 0.95, 1, 1.05];
/** For long traces, where each try takes a second. */
const FEW_PRICE_SCALES = [0.85, 1];
const LONG_REQUESTS = 200_000;

/** Steps on prices before there is a plan to aim at. */
const ROUGH_ITERATIONS = 50;

export interface OfflineResult {
  readonly bound: LowerBound;
  /** A plan that knows the future: feasible, and close to the bound. */
  readonly clairvoyant: Schedule;
}

/**
 * Lower bound and clairvoyant plan of an instance. The plan is the best of those that follow the bound's prices, each
 * service then planned anew in the memory that the others leave.
 */
export function solveOffline(instance: ServingInstance): OfflineResult {
  const problem = offlineProblem(instance);
  const rough = boundOf(problem, { iterations: ROUGH_ITERATIONS });
  let best = bestPlan(problem, rough);
  const bound = boundOf(problem, { upperBound: best.perSlot, startPrices: rough.prices });
  const other = bestPlan(problem, bound);
  if (other.perSlot < best.perSlot) best = other;
  for (const service of problem.candidates) replan(best, service);
  return { bound: bound.perSlot > rough.perSlot ? bound : rough, clairvoyant: best };
}

function bestPlan(problem: OfflineProblem, { prices, binRequests }: LowerBound): Schedule {
  let best: Schedule | undefined;
  for (const scale of problem.requests > LONG_REQUESTS ? FEW_PRICE_SCALES : PRICE_SCALES) {
    const plan = priceDirected(problem, prices, binRequests, scale);
    if (best === undefined || plan.perSlot < best.perSlot) best = plan;
  }
  return best!;
}
