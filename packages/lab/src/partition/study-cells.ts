import { InfeasibleError } from '@metalore/core/errors';
import {
  buildProblem,
  parsePartitionInstance,
  scorePartition,
  solveLiterally,
  solvePartition,
} from '@metalore/core/partition';
import type { PartitionProblem, SolveOptions } from '@metalore/core/partition';
import type { PartitionCell, PartitionRow, Variant } from './study-data.js';

const optionsOf: Readonly<Record<Variant, SolveOptions>> = {
  snr: { method: 'snr' },
  guarded: { method: 'guarded' },
  connected: { method: 'optimal', connected: true },
  optimal: { method: 'optimal' },
  free: { method: 'optimal', freeTwins: true },
};

/** Every method on one instance. */
export function runPartitionCell(cell: PartitionCell): PartitionRow[] {
  const problem = buildProblem(parsePartitionInstance(cell.document));
  if (cell.group === 'literal') return [literalRow(cell, problem)];
  return cell.methods.map((variant) => variantRow(cell, problem, variant));
}

function variantRow(cell: PartitionCell, problem: PartitionProblem, variant: Variant): PartitionRow {
  const { group, x, seed } = cell;
  // one bound holds for all methods whose twins follow their cells, another for free twins
  const lowerBound = cell.hasBound && (variant === 'optimal' || variant === 'free');
  try {
    const solution = solvePartition(problem, { ...optionsOf[variant], lowerBound });
    return {
      group,
      x,
      seed,
      variant,
      objectiveMs: solution.objectiveMs,
      lowerBoundMs: solution.lowerBoundMs,
      twinsOf: solution.perServer.map((share) => share.twins),
      areaKm2: solution.perServer.map((share) => share.areaKm2),
      converged: solution.converged,
      ...(group === 'maps' && { labels: [...solution.labels], twins: [...solution.twins] }),
    };
  } catch (error) {
    if (!(error instanceof InfeasibleError)) throw error;
    return {
      group,
      x,
      seed,
      variant,
      objectiveMs: null,
      lowerBoundMs: null,
      twinsOf: [],
      areaKm2: [],
      converged: false,
    };
  }
}

function literalRow({ group, x, seed }: PartitionCell, problem: PartitionProblem): PartitionRow {
  const run = solveLiterally(problem);
  const { perServer } = scorePartition(problem, run.labels, run.twinServers);
  return {
    group,
    x,
    seed,
    variant: 'paper',
    objectiveMs: Number.isFinite(run.objectiveMs) ? run.objectiveMs : null,
    lowerBoundMs: null,
    twinsOf: perServer.map((share) => share.twins),
    areaKm2: perServer.map((share) => share.areaKm2),
    converged: run.ending === 'equilibrium',
    objectivesMs: run.objectivesMs.map((value) => (Number.isFinite(value) ? value : null)),
    masses: run.masses,
    ending: run.ending,
  };
}
