import { solveGuarded, type Iterate, type WarmStart } from './guarded.js';
import { labelByMarginalCost, solveOptimal, type OptimalOptions } from './optimal.js';
import { buildProblem, type PartitionProblem } from './problem.js';
import { measure } from './score.js';

/** Cells × servers above which a grid of half the resolution is solved first. */
const MAX_DIRECT_ENTRIES = 1 << 19;
/** On a grid that starts from a coarser one: outer iterations and inner steps. */
const REFINING_ITERATIONS = 2;
const REFINING_STEPS = 3;
/** Sweeps of descent on such a grid: so many cells are looked at in all, within these bounds. */
const REFINING_CELLS = 16_000_000;
const MIN_SWEEPS = 12;
const MAX_SWEEPS = 100;

/** `guarded`, coarse to fine: a large grid starts from the weights that a coarser one found. */
export function guardedByLevels(problem: PartitionProblem, warmStart?: WarmStart): Iterate {
  return guardedOf(levelsOf(problem), warmStart).at(-1)!;
}

/**
 * `optimal`, coarse to fine: a large grid starts from the marginal costs of a coarser one's partition. Connected regions
 * are one more start where they are not asked for: descent ends in a local optimum, and theirs is sometimes the better one.
 */
export function optimalByLevels(
  problem: PartitionProblem,
  options: OptimalOptions & { warmStart?: WarmStart | undefined },
): Iterate {
  const levels = levelsOf(problem);
  const guarded = guardedOf(levels, options.warmStart);
  const optimal = descendLevels(levels, guarded, options);
  if (options.connected === true || optimal.ending === 'optimum') return optimal;
  const connected = descendLevels(levels, guarded, { ...options, connected: true });
  if (connected.objectiveMs === Infinity) return optimal;
  const further = solveOptimal(problem, connected, refining(problem, options));
  return further.objectiveMs < optimal.objectiveMs ? further : optimal;
}

/** Partitions by _guarded_ of every level, each from the one below. */
function guardedOf(levels: readonly PartitionProblem[], warmStart?: WarmStart): Iterate[] {
  const found = [solveGuarded(levels[0], { warmStart })];
  for (const problem of levels.slice(1)) found.push(refine(problem, found[found.length - 1]));
  return found;
}

/** Descent on the coarsest level, carried over from level to level. */
function descendLevels(
  levels: readonly PartitionProblem[],
  guarded: readonly Iterate[],
  options: OptimalOptions,
): Iterate {
  let optimal = solveOptimal(levels[0], guarded[0], options);
  levels.slice(1).forEach((problem, below) => {
    const from = guarded[below + 1];
    const limits = refining(problem, options);
    if (optimal.objectiveMs < Infinity) {
      const start = carryOver(problem, levels[below], optimal, options);
      optimal = solveOptimal(problem, { ...from, ...start }, limits);
      if (optimal.objectiveMs <= from.objectiveMs) return;
    }
    optimal = solveOptimal(problem, from, limits);
  });
  return optimal;
}

function refining(problem: PartitionProblem, options: OptimalOptions): OptimalOptions {
  return { ...options, refining: true, maxSweeps: clamp(REFINING_CELLS / problem.cells) };
}

/** A few iterations from the weights below; whether the outer loop has converged was decided there. */
function refine(problem: PartitionProblem, below: Iterate): Iterate {
  const { warmStart, ending, cycle } = below;
  const limits = { maxIterations: REFINING_ITERATIONS, maxSteps: REFINING_STEPS };
  return { ...solveGuarded(problem, { warmStart, ...limits }), ending, cycle };
}

/** The partition of a coarser grid on this one. */
function carryOver(
  problem: PartitionProblem,
  coarse: PartitionProblem,
  { labels: coarseLabels, twinServers }: Iterate,
  { freeTwins = false, connected = false }: OptimalOptions,
): { labels: Uint16Array; twinServers: Uint16Array } {
  const labels = labelByMarginalCost(problem, measure(coarse, coarseLabels, twinServers));
  // islands around twins are no outcome of marginal costs alone
  if (!freeTwins && !connected) problem.twinCell.forEach((cell, k) => (labels[cell] = twinServers[k]));
  return { labels, twinServers };
}

/** The grid at which solving begins. */
export function coarsest(problem: PartitionProblem): PartitionProblem {
  return levelsOf(problem)[0];
}

/** The grids that a problem is solved on, the coarsest first. */
function levelsOf(problem: PartitionProblem): PartitionProblem[] {
  const coarse = coarsen(problem);
  return coarse === undefined ? [problem] : [...levelsOf(coarse), problem];
}

/** The same instance on half the grid, or undefined where the grid is small enough. */
function coarsen({ instance, cells, servers }: PartitionProblem): PartitionProblem | undefined {
  const { columns, rows } = instance.grid;
  if (cells * servers <= MAX_DIRECT_ENTRIES || Math.min(columns, rows) < 16) return undefined;
  return buildProblem({ ...instance, grid: { columns: Math.ceil(columns / 2), rows: Math.ceil(rows / 2) } });
}

const clamp = (sweeps: number) => Math.max(MIN_SWEEPS, Math.min(MAX_SWEEPS, Math.floor(sweeps)));
