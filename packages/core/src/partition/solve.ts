import { InternalError } from '../errors/index.js';
import { lowerBoundMs } from './bound.js';
import { checkFeasibility, overloadError } from './infeasible.js';
import { isTiny } from './exhaustive.js';
import { solveBestChannel, type Cycle, type Ending, type Iterate, type WarmStart } from './guarded.js';
import type { PartitionInstance } from './instance.js';
import { coarsest, guardedByLevels, optimalByLevels } from './levels.js';
import { solveOptimal, type OptimalOptions } from './optimal.js';
import { solveLiterally } from './paper.js';
import { buildProblem, type PartitionProblem } from './problem.js';
import { measure, scorePartition, type ServerShare } from './score.js';

/** The methods, from the baseline to the best. */
export const partitionMethods = ['snr', 'paper', 'guarded', 'optimal'] as const;
export type PartitionMethod = (typeof partitionMethods)[number];

/** Options of {@link solvePartition}. */
export interface SolveOptions extends OptimalOptions {
  /** Default `guarded`. */
  readonly method?: PartitionMethod | undefined;
  /** Where an earlier solve of a similar instance left off; for `guarded` and `optimal`. */
  readonly warmStart?: WarmStart | undefined;
  /** Whether to compute the lower bound, which takes longer than `guarded` itself; default true. */
  readonly lowerBound?: boolean | undefined;
}

/** A partition with its value. */
export interface PartitionSolution {
  readonly method: PartitionMethod;
  /** J, ms (paper 001, eq. 9a). */
  readonly objectiveMs: number;
  readonly perServer: readonly ServerShare[];
  /** Server of every twin. */
  readonly twins: readonly number[];
  /** Outer iterations (`paper`, `guarded`) or sweeps (`optimal`). */
  readonly iterations: number;
  /** Whether it ended where it wanted to: an equilibrium, a local optimum or the optimum; true for `snr`. */
  readonly converged: boolean;
  readonly ending: Ending;
  /** Where it ended in a cycle: the associations that it swings between; the best of them all is returned. */
  readonly cycle?: Cycle | undefined;
  /** No partition has a lower J, ms; null where not asked for. For twins on the same terms as the solution's. */
  readonly lowerBoundMs: number | null;
  /** Server of every cell, `[columns × rows]`, row 0 at y = 0. */
  readonly labels: Uint16Array;
  readonly warmStart: WarmStart;
}

/**
 * Cuts a zone into one region per server (paper 001).
 *
 * @param instance an instance, or its problem where several methods are tried on it
 * @throws InfeasibleError with `details.reason` `twin-deadline`, `cell-capacity`, `capacity` or `overload`
 * @throws InvalidInputError if the instance's density or path loss cannot be used
 *
 * @example solvePartition(parsePartitionInstance(cityDocument()), { method: 'optimal' }).objectiveMs
 */
export function solvePartition(
  instance: PartitionInstance | PartitionProblem,
  options: SolveOptions = {},
): PartitionSolution {
  const problem = 'demandHz' in instance ? instance : buildProblem(instance);
  const { method = 'guarded', freeTwins = false, connected = false, lowerBound = true } = options;
  checkFeasibility(problem, freeTwins);
  const iterate = run(problem, method, options);
  // not a number where numbers overflow against one another
  if (!(iterate.objectiveMs < Infinity)) throw overloadError(problem, method, iterate.twinServers);
  const { labels, twinServers, iterations, ending, cycle, warmStart } = iterate;
  const score = scorePartition(problem, labels, twinServers);
  if (!(score.objectiveMs < Infinity))
    throw new InternalError(`method ${method} returned J = ${score.objectiveMs}`);
  const exact = method === 'optimal' && !connected && isTiny(problem, !freeTwins);
  return {
    method,
    ...score,
    twins: [...twinServers],
    iterations,
    converged: ending !== 'cycle' && ending !== 'overload' && ending !== 'budget',
    ending,
    cycle,
    lowerBoundMs: !lowerBound
      ? null
      : exact
        ? score.objectiveMs
        : boundFor(problem, method, iterate, options),
    labels,
    warmStart,
  };
}

function run(problem: PartitionProblem, method: PartitionMethod, options: SolveOptions): Iterate {
  switch (method) {
    case 'snr':
      return solveBestChannel(problem);
    case 'paper':
      return solveLiterally(problem);
    case 'guarded':
      return guardedByLevels(problem, options.warmStart);
    case 'optimal':
      return optimalByLevels(problem, options);
  }
}

/**
 * A bound needs the prices of a good partition, whatever the method that is asked for; those of a coarser grid serve, too.
 */
function boundFor(
  problem: PartitionProblem,
  method: PartitionMethod,
  iterate: Iterate,
  options: SolveOptions,
): number {
  if (method === 'optimal' && options.connected !== true) {
    const shares = measure(problem, iterate.labels, iterate.twinServers);
    return Math.min(iterate.objectiveMs, lowerBoundMs(problem, shares, options.freeTwins !== true));
  }
  const coarse = coarsest(problem);
  const good = solveOptimal(coarse, guardedByLevels(coarse, iterate.warmStart), {
    freeTwins: options.freeTwins,
  });
  if (good.objectiveMs === Infinity) return 0;
  const shares = measure(coarse, good.labels, good.twinServers);
  return Math.min(iterate.objectiveMs, lowerBoundMs(problem, shares, options.freeTwins !== true));
}
