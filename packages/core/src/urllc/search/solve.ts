import { InvalidInputError } from '../../errors/index.js';
import { CachingBranch, type SearchLimit } from './branch.js';
import { throwIfDevicesInfeasible, throwSharedInfeasible } from './infeasible.js';
import type { UrllcInstance } from '../model/instance.js';
import { reachOf } from '../bound/reach.js';
import { scaleInstance } from '../model/scaled.js';
import { decisionsOf, deviceSolutions, type UrllcSolution } from './solution.js';

/** Options of {@link solveOptimal}. */
export interface OptimalOptions {
  /** Relative gap at which to stop; default 9e-6 up to 200 devices, 1e-4 above. */
  readonly gapTolerance?: number | undefined;
  /** How far to look, in multiples of the usual, at least 1: time grows with it where no proof is found. Default 1. */
  readonly effort?: number | undefined;
  /** Treat deviations as half-widths and guard against all of them. */
  readonly robust?: boolean | undefined;
  /** Start from a solution of a similar instance with the same devices. */
  readonly warm?: UrllcSolution | undefined;
  /** Clock in ms for `seconds`; default `performance.now`. */
  readonly now?: (() => number) | undefined;
}

const PROVEN_GAP = 1e-4;
const MAX_EFFORT = 1e4;

/**
 * Solves problem (6) of paper 003 with a certificate: the returned total satisfies every limit by the independent
 * evaluator, and no decisions of any caching set fall below `lowerBoundMs`.
 *
 * @throws InfeasibleError if no caching set has a feasible point, with the limit, the device, value and scope
 */
export function solveOptimal(instance: UrllcInstance, options: OptimalOptions = {}): UrllcSolution {
  const now = options.now ?? defaultClock;
  const start = now();
  const { robust = false, effort = 1 } = options;
  if (!(effort >= 1 && effort <= MAX_EFFORT)) {
    const message = `${effort} is not a number from 1 to ${MAX_EFFORT}`;
    throw new InvalidInputError('options', [{ path: 'effort', message }]);
  }
  const problem = scaleInstance(instance, robust);
  const reach = reachOf(problem);
  throwIfDevicesInfeasible(problem, reach);
  const branch = new CachingBranch(problem, reach);
  const result = branch.run({
    gapTolerance: options.gapTolerance ?? (problem.count > 200 ? 1e-4 : 9e-6),
    effort,
    ...warmOptions(options.warm, problem.count),
  });
  if (result.best === null) throwSharedInfeasible(problem, reach, result);
  const { decisions, evaluation } = decisionsOf(instance, reach, result.best, robust);
  const lowerBoundMs = Math.min(result.lowerBoundMs, evaluation.totalMs);
  const gap = 1 - lowerBoundMs / evaluation.totalMs;
  return {
    method: 'optimal',
    ...statusOf(gap, result.stoppedBy),
    totalMs: evaluation.totalMs,
    lowerBoundMs,
    gap,
    cached: decisions.flatMap((decision, m) => (decision.cached ? [m] : [])),
    ue: deviceSolutions(decisions, evaluation),
    prices: {
      bandwidth: result.best.lambda,
      edgeCycles: result.best.mu,
      cache: result.cachePrice * 1e3,
    },
    iterations: result.iterations,
    seconds: (now() - start) / 1e3,
  };
}

function statusOf(
  gap: number,
  stoppedBy: SearchLimit | undefined,
): Pick<UrllcSolution, 'status' | 'stoppedBy'> {
  if (gap <= PROVEN_GAP) return { status: 'optimal' };
  return { status: 'feasible', stoppedBy: stoppedBy ?? 'precision' };
}

function warmOptions(warm: UrllcSolution | undefined, count: number) {
  if (warm === undefined || warm.ue.length !== count) return {};
  return {
    warmSet: Uint8Array.from(warm.ue, (device) => (device.cached ? 1 : 0)),
    warmPrices: { lambda: warm.prices.bandwidth, mu: warm.prices.edgeCycles },
  };
}

/** Milliseconds of the platform clock. */
export function defaultClock(): number {
  return (globalThis as { performance?: { now(): number } }).performance?.now() ?? Date.now();
}
