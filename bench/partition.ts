import {
  buildProblem,
  cityDocument,
  EquilibriumSolver,
  equilibriumRule,
  labelByTiles,
  labelEveryCell,
  parsePartitionInstance,
  solvePartition,
} from '@metalore/core/partition';
import type { PartitionInstance, PartitionMethod } from '@metalore/core/partition';
import { log } from '@metalore/core/math';
import { RandomStream } from '@metalore/core/random';

/** The city's density and twins under `servers` base stations on a jittered lattice. */
function instanceOf(servers: number, side: number, twins = 200): PartitionInstance {
  const city = cityDocument({ twins, grid: side });
  const stream = new RandomStream(1, 'bench/partition');
  const lattice = Math.round(Math.sqrt(servers));
  const spacing = 2000 / lattice;
  const places = Array.from({ length: lattice * lattice }, (_, b) => ({
    x: ((b % lattice) + 0.3 + 0.4 * stream.uniform()) * spacing,
    y: (Math.floor(b / lattice) + 0.3 + 0.4 * stream.uniform()) * spacing,
    heightM: 25,
    computeHz: b % 2 === 0 ? 8e9 : 16e9,
    bandwidthHz: b % 2 === 0 ? 10e6 : 20e6,
  }));
  return parsePartitionInstance({ ...city, servers: servers === 4 ? city.servers : places });
}

/** Best of `runs`, ms. */
function time(work: () => void, runs = 3): number {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** One labelling pass at the equilibrium's weights. */
function labelling(servers: number, side: number, hasFull: boolean): string {
  const coarse = buildProblem(instanceOf(servers, Math.min(side, 125), 0));
  const start = new Float64Array(servers).fill(log(1 / servers));
  const { logWeights } = new EquilibriumSolver(coarse).solve(coarse.computeHz, start);
  const problem = { ...buildProblem(instanceOf(servers, side, 0)), airtime: null };
  const rule = equilibriumRule(problem, problem.computeHz, logWeights);
  const labels = new Uint16Array(problem.cells);
  const tiles = time(() => labelByTiles(problem, rule, labels), 5);
  const text = `${String(servers).padStart(4)} servers, ${side}² cells: ${tiles.toFixed(1)} ms by tiles`;
  if (!hasFull) return text;
  const reference = new Uint16Array(problem.cells);
  const full = time(() => labelEveryCell(problem, rule, reference), 1);
  const same = labels.every((label, cell) => label === reference[cell]);
  return `${text}, ${full.toFixed(0)} ms in full (${(full / tiles).toFixed(0)}×), labels ${same ? 'identical' : 'DIFFER'}`;
}

function solving(servers: number, side: number, method: PartitionMethod, runs: number): string {
  const instance = instanceOf(servers, side);
  let objectiveMs = NaN;
  const ms = time(() => {
    objectiveMs = solvePartition(instance, { method, lowerBound: false }).objectiveMs;
  }, runs);
  return `${String(servers).padStart(4)} servers, ${side}² cells, ${method}: ${ms.toFixed(0)} ms, J = ${objectiveMs.toPrecision(4)} ms`;
}

export default function partition(report: (line: string) => void): void {
  report('labelling pass, airtimes computed on the way:');
  for (const servers of [4, 16, 64, 256]) report(labelling(servers, 1000, servers <= 64));
  for (const side of [250, 500, 2000]) report(labelling(64, side, false));

  report('whole solve with 200 twins, without the lower bound:');
  for (const method of ['snr', 'guarded', 'optimal'] as const) report(solving(4, 100, method, 5));
  const instance = instanceOf(4, 100, 60);
  const options = { lowerBound: false } as const;
  const { warmStart } = solvePartition(instance, options);
  const [first, ...others] = instance.servers;
  const dragged = { ...instance, servers: [{ ...first, x: first.x + 20 }, ...others] };
  const drag = time(() => void solvePartition(dragged, { ...options, warmStart }), 5);
  report(
    `   4 servers, 100² cells, 60 twins, a server dragged by 20 m: ${drag.toFixed(0)} ms from a warm start`,
  );
  for (const servers of [4, 16, 64, 256]) report(solving(servers, 250, 'guarded', 1));
  for (const side of [500, 1000, 2000]) report(solving(64, side, 'guarded', 1));
  for (const side of [250, 1000]) report(solving(64, side, 'optimal', 1));
}
