import { bestChannelRule, labelByTiles } from './label.js';
import { equilibriumRule } from './equilibrium.js';
import { log } from '../math/index.js';
import type { Ending, Iterate } from './guarded.js';
import type { PartitionProblem } from './problem.js';
import { measure, scorePartition, twinsOfLabels } from './score.js';

const MAX_ITERATIONS = 100;

/** The literal iteration's course. */
export interface LiteralRun extends Iterate {
  /** Objective after every iteration, ms; ∞ where a server is overloaded. */
  readonly objectivesMs: readonly number[];
  /** α after every iteration, `[iterations][servers]`. */
  readonly masses: readonly (readonly number[])[];
}

/**
 * Paper 001's Algorithm 1 as printed, but for line 9 (see `PartitionProblem.demandHz`): partitions from the previous
 * iteration's α and ψ by eq. 14, undamped. It moves all mass to the servers that had little before, so it falls into a
 * two-cycle, or overloads a server, whose F is then undefined. For comparison only.
 */
export function solveLiterally(problem: PartitionProblem): LiteralRun {
  let labels = new Uint16Array(problem.cells);
  labelByTiles(problem, bestChannelRule(problem.servers), labels);
  let { mass } = measure(problem, labels, twinsOfLabels(problem, labels));
  let computeLeftHz = problem.computeHz;
  const seen: Uint16Array[] = [labels];
  const objectivesMs: number[] = [];
  const masses: number[][] = [];
  let ending: Ending = 'budget';
  while (objectivesMs.length < MAX_ITERATIONS && ending === 'budget') {
    const rule = equilibriumRule(problem, computeLeftHz, mass.map(log));
    labels = new Uint16Array(problem.cells);
    labelByTiles(problem, rule, labels);
    const twinServers = twinsOfLabels(problem, labels);
    ({ mass, computeLeftHz } = measure(problem, labels, twinServers));
    objectivesMs.push(scorePartition(problem, labels, twinServers).objectiveMs);
    masses.push([...mass]);
    const before = seen.findLastIndex((other) => same(other, labels));
    if (computeLeftHz.some((left) => !(left > 0))) ending = 'overload';
    else if (before === seen.length - 1) ending = 'equilibrium';
    else if (before >= 0) ending = 'cycle';
    seen.push(labels);
    if (seen.length > 4) seen.shift();
  }
  return {
    labels,
    twinServers: twinsOfLabels(problem, labels),
    objectiveMs: objectivesMs[objectivesMs.length - 1],
    iterations: objectivesMs.length,
    warmStart: {
      logWeights: [...mass].map((value) => log(Math.max(value, 1e-12))),
      computeLeftHz: [...computeLeftHz],
    },
    objectivesMs,
    masses,
    ending,
  };
}

function same(one: Uint16Array, other: Uint16Array): boolean {
  return one.every((label, cell) => label === other[cell]);
}
