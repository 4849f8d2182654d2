import { log } from '../math/index.js';
import { EquilibriumSolver } from './equilibrium.js';
import { bestChannelRule, labelByTiles } from './label.js';
import type { PartitionProblem } from './problem.js';
import { computeLeft, scorePartition, twinsOfLabels } from './score.js';

/** Where a solver left off, to go on from when the instance has changed a little. */
export interface WarmStart {
  /** w = ln α, `[servers]`. */
  readonly logWeights: readonly number[];
  /** ψ, `[servers]`, cycle/s. */
  readonly computeLeftHz: readonly number[];
}

/** Options of {@link solveGuarded}. */
export interface GuardedOptions {
  /** Default: the SNR baseline's masses and ψ = Ψ. */
  readonly warmStart?: WarmStart | undefined;
  /** Outer iterations at most; default 60. */
  readonly maxIterations?: number;
  /** Steps of every inner ascent at most; default 100. */
  readonly maxSteps?: number;
}

/** A partition and how it came about. */
export interface Iterate {
  readonly labels: Uint16Array;
  readonly twinServers: Uint16Array;
  /** ∞ where a server is overloaded. */
  readonly objectiveMs: number;
  readonly iterations: number;
  readonly ending: Ending;
  /** What a cycle goes through; only where it ended in one. */
  readonly cycle?: Cycle | undefined;
  readonly warmStart: WarmStart;
}

/**
 * How a method ended: a partition without iteration (`assignment`), the equilibrium of eq. 14 (`equilibrium`), a partition
 * that no single move improves (`local-optimum`), the best of all partitions (`optimum`), a few associations of twins that
 * lead to each other (`cycle`), a server without computing power (`overload`), or the limit of iterations (`budget`).
 */
export type Ending =
  'assignment' | 'equilibrium' | 'local-optimum' | 'optimum' | 'cycle' | 'overload' | 'budget';

/** Associations of twins between which an outer loop swings. */
export interface Cycle {
  /** Number of different associations among the last iterations. */
  readonly associations: number;
  /** Their least and greatest J, ms; ∞ where one overloads a server. */
  readonly leastMs: number;
  readonly mostMs: number;
}

const MAX_ITERATIONS = 60;
const MAX_STEPS = 100;
const DAMPING = 0.3;
/** ψ never falls below this share of Ψ while iterating, so that an overloaded server sheds its region but F exists. */
const FLOOR = 0.02;
/** The loop has converged when no ψ_b moves by more than this share of Ψ_b. */
const TOLERANCE = 1e-3;
/** Rises of D at which an inner solve ends, on the way and at the end. */
const COARSE_GAIN = 1e-7;
const FINE_GAIN = 1e-11;
/**
 * Iterations without a better feasible partition, in each of which a twin changed its server, after which the association
 * is taken to cycle.
 */
const PATIENCE = 12;

/** The SNR baseline: every cell, and the twins in it, at the server of best channel (paper 001, section IV). */
export function solveBestChannel(problem: PartitionProblem): Iterate {
  const labels = new Uint16Array(problem.cells);
  labelByTiles(problem, bestChannelRule(problem.servers), labels);
  const twinServers = twinsOfLabels(problem, labels);
  const { objectiveMs, perServer } = scorePartition(problem, labels, twinServers);
  return {
    labels,
    twinServers,
    objectiveMs,
    iterations: 1,
    ending: 'assignment',
    warmStart: {
      // a server of almost no mass would win every cell at once
      logWeights: perServer.map((share) => log(Math.max(share.mass, 0.01 / problem.servers))),
      computeLeftHz: [...problem.computeHz],
    },
  };
}

/**
 * Paper 001's Algorithm 1 made to converge: the inner problem is solved as the concave maximisation it is
 * ({@link solveEquilibrium}), the outer loop over ψ is damped, and the best feasible partition met is kept; the SNR
 * baseline is the first one met, so the result is never worse.
 */
export function solveGuarded(
  problem: PartitionProblem,
  { warmStart, maxIterations = MAX_ITERATIONS, maxSteps = MAX_STEPS }: GuardedOptions = {},
): Iterate {
  const baseline = solveBestChannel(problem);
  let best = baseline;
  const from = warmStart ?? baseline.warmStart;
  let logWeights: Float64Array = Float64Array.from(from.logWeights);
  const assumed = Float64Array.from(from.computeLeftHz, (left, b) =>
    Math.max(left, FLOOR * problem.computeHz[b]),
  );
  const inner = new EquilibriumSolver(problem);
  const met: Association[] = [];
  let damping = DAMPING;
  let restless = 0;
  let near = false;
  let ending: Ending = 'budget';
  while (met.length < maxIterations && ending === 'budget') {
    const {
      labels,
      logWeights: found,
      balanced,
    } = inner.solve(assumed, logWeights, {
      minGain: near ? FINE_GAIN : COARSE_GAIN,
      maxSteps,
      final: near && maxSteps >= MAX_STEPS,
    });
    logWeights = found;
    const twinServers = twinsOfLabels(problem, labels);
    const { objectiveMs } = scorePartition(problem, labels, twinServers);
    const moved = met.length > 0 && !same(twinServers, met[met.length - 1].twinServers);
    met.push({ twinServers, objectiveMs });
    if (objectiveMs < best.objectiveMs) restless = 0;
    else if (moved) restless++;
    if (objectiveMs < best.objectiveMs || (best === baseline && best.objectiveMs === Infinity)) {
      best = { labels, twinServers, objectiveMs, iterations: 0, ending, warmStart: from };
    }
    const settled = move(problem, assumed, computeLeft(problem, twinServers), damping) < TOLERANCE;
    if (settled && near && balanced) ending = 'equilibrium';
    else if (restless >= PATIENCE) ending = 'cycle';
    near = settled;
    if (met.length > 10) damping *= 0.93;
  }
  return {
    ...best,
    iterations: met.length,
    ending,
    cycle: ending === 'cycle' ? describeCycle(met.slice(-PATIENCE)) : undefined,
    warmStart: { logWeights: [...logWeights], computeLeftHz: [...assumed] },
  };
}

interface Association {
  readonly twinServers: Uint16Array;
  readonly objectiveMs: number;
}

function describeCycle(last: readonly Association[]): Cycle {
  const values = last.map(({ objectiveMs }) => objectiveMs);
  return {
    associations: new Set(last.map(({ twinServers }) => twinServers.join(' '))).size,
    leastMs: Math.min(...values),
    mostMs: Math.max(...values),
  };
}

function same(one: Uint16Array, other: Uint16Array): boolean {
  return one.every((server, k) => server === other[k]);
}

/** Moves the assumed ψ towards what the association leaves; returns the largest distance, as a share of Ψ_b. */
function move(problem: PartitionProblem, assumed: Float64Array, left: Float64Array, damping: number): number {
  let distance = 0;
  for (let b = 0; b < problem.servers; b++) {
    const capacity = problem.computeHz[b];
    const target = Math.max(left[b], FLOOR * capacity);
    distance = Math.max(distance, Math.abs(target - assumed[b]) / capacity);
    assumed[b] += damping * (target - assumed[b]);
  }
  return distance;
}
