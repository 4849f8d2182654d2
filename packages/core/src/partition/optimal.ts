import { connectRegions, keepsConnected } from './connected.js';
import { sweepCells, sweepSwaps, sweepUnits } from './descent.js';
import { isTiny, solveExhaustively, type Assignment } from './exhaustive.js';
import type { Iterate } from './guarded.js';
import { labelByTiles } from './label.js';
import type { PartitionProblem } from './problem.js';
import { Regions } from './regions.js';
import { measure, scorePartition, twinsOfLabels, type Shares } from './score.js';

/** Variants of the method `optimal`. */
export interface OptimalOptions {
  /** Twins may live on any server, as (9d)-(9e) allow, instead of the server of their cell; default false. */
  readonly freeTwins?: boolean | undefined;
  /** Every region hangs together over the four neighbours; default false. */
  readonly connected?: boolean | undefined;
  /** The start is a good partition of this very kind already, from a coarser grid. */
  readonly refining?: boolean | undefined;
  /** Passes over the partition at most; default 200. */
  readonly maxSweeps?: number | undefined;
}

const MAX_SWEEPS = 200;
/** Airtimes per sweep over all cells and servers above which only cells at borders are looked at. */
const MAX_SWEEP_ENTRIES = 1 << 19;

/**
 * Minimises the true objective (paper 001, eq. 9a) by descent from a given partition: cells by their marginal cost
 * α_b f_b + ∫_{a_b} f_b g + 2 Λρ α_b / ψ_b, twins by what their computing demand costs the server that takes them, pairs of
 * twins by exchange, each by the exact change of J, until no move improves. Tiny instances are enumerated.
 *
 * **Deviation**: the paper stops at the equilibrium (14), which equates average costs, not marginal ones.
 *
 * @param start a partition, feasible or not; the result is never worse
 */
export function solveOptimal(
  problem: PartitionProblem,
  start: Iterate,
  options: OptimalOptions = {},
): Iterate {
  const { freeTwins = false, connected = false, maxSweeps = MAX_SWEEPS } = options;
  if (isTiny(problem, !freeTwins)) {
    const best = solveExhaustively(problem, !freeTwins, connected);
    return best === undefined
      ? { ...start, objectiveMs: Infinity, ending: 'optimum' }
      : { ...start, ...best, ...value(problem, best), iterations: 1, ending: 'optimum', cycle: undefined };
  }
  // free twins do at least as well as twins that follow their cells
  if (freeTwins && !connected && options.refining !== true) {
    start = solveOptimal(problem, start, { ...options, freeTwins: false });
  }
  const labels = start.labels.slice();
  if (connected) connectRegions(problem, labels, measure(problem, labels, start.twinServers));
  const twinServers = freeTwins ? start.twinServers : twinsOfLabels(problem, labels);
  const regions = new Regions(problem, labels, twinServers, !freeTwins);
  const { sweeps, settled } = descend(regions, connected, maxSweeps);
  const found = { labels, twinServers: regions.twinServers() };
  const ending = settled ? 'local-optimum' : 'budget';
  return { ...start, ...found, ...value(problem, found), iterations: sweeps, ending, cycle: undefined };
}

function value(problem: PartitionProblem, { labels, twinServers }: Assignment): { objectiveMs: number } {
  return { objectiveMs: scorePartition(problem, labels, twinServers).objectiveMs };
}

function descend(
  regions: Regions,
  connected: boolean,
  maxSweeps: number,
): { sweeps: number; settled: boolean } {
  const { problem, labels } = regions;
  const wide = !connected && problem.cells * problem.servers <= MAX_SWEEP_ENTRIES;
  const scope = connected
    ? { reach: 'neighbours' as const, mayLeave: keepsConnected(problem, labels) }
    : { reach: wide ? ('anywhere' as const) : ('neighbours' as const) };
  // units that follow their cells stay in their regions where these have to hang together
  const unitsMove = !connected || !regions.twinsFollow;
  for (let sweep = 1; sweep <= maxSweeps; sweep++) {
    let moves = sweepCells(regions, scope);
    if (unitsMove) moves += sweepUnits(regions) + sweepSwaps(regions);
    if (moves === 0) return { sweeps: sweep, settled: true };
  }
  return { sweeps: maxSweeps, settled: false };
}

/** Labels by marginal cost at the given shares; the start of a descent on a finer grid. */
export function labelByMarginalCost(problem: PartitionProblem, shares: Shares): Uint16Array {
  const labels = new Uint16Array(problem.cells);
  const offset = shares.mass.map(
    (mass, b) => shares.airtime[b] + (2 * problem.renderCycles * mass) / shares.computeLeftHz[b],
  );
  labelByTiles(problem, { cost: 'airtime', slope: shares.mass, offset }, labels);
  return labels;
}
