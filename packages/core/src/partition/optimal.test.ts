import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildProblem,
  cityDocument,
  countPieces,
  lowerBoundMs,
  parsePartitionInstance,
  scorePartition,
  solveBestChannel,
  solveGuarded,
  solveOptimal,
  solvePartition,
  type PartitionProblem,
} from './index.js';
import { labelByMarginalCost } from './optimal.js';
import { airtimeAt } from './problem.js';
import { measure } from './score.js';
import { median } from './testing/statistics.js';

const city = (twins: number, seed: number, grid = 100) =>
  buildProblem(parsePartitionInstance(cityDocument({ twins, seed, grid })));

const twinType = { powerW: 0.2, dataBits: 1000, cyclesPerBit: 225, bandwidthHz: 1e6 };
const position = fc.record({
  x: fc.double({ min: 0, max: 1000, noNaN: true }),
  y: fc.double({ min: 0, max: 1000, noNaN: true }),
});

describe('labels by marginal cost', () => {
  it('are those of the least α f + airtime + 2Λρ α/ψ, cell by cell', () => {
    const problem = city(0, 1, 24);
    const mass = Float64Array.of(0.4, 0.3, 0.2, 0.1);
    const airtime = Float64Array.of(3e-7, 1e-7, 2e-7, 1.5e-7);
    const computeLeftHz = Float64Array.of(8e9, 8e9, 16e9, 16e9);
    const labels = labelByMarginalCost(problem, { mass, airtime, computeLeftHz });
    for (let cell = 0; cell < problem.cells; cell++) {
      const costs = Array.from(
        mass,
        (share, b) =>
          share * airtimeAt(problem, b, cell) +
          airtime[b] +
          (2 * problem.renderCycles * share) / computeLeftHz[b],
      );
      expect(costs[labels[cell]] / Math.min(...costs) - 1).toBeLessThan(1e-9);
    }
    expect(new Set(labels).size).toBeGreaterThan(1);
  });
});

/** Random instances: servers anywhere, density a matrix with zeros, twins heavy enough to overload servers. */
function instances(columns: number, rows: number, maxServers: number, maxTwins: number) {
  return fc
    .record({
      servers: fc.array(
        fc.record({
          at: position,
          computeHz: fc.double({ min: 0.5e9, max: 4e9, noNaN: true }),
          bandwidthHz: fc.double({ min: 5e6, max: 3e7, noNaN: true }),
        }),
        { minLength: 1, maxLength: maxServers },
      ),
      values: fc.array(fc.array(fc.nat({ max: 5 }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
      twins: fc.array(fc.record({ at: position, deadlineS: fc.constantFrom(0.1, 0.01, 0.001, 0.0006) }), {
        maxLength: maxTwins,
      }),
    })
    .filter(({ values }) => values.some((row) => row.some((value) => value > 0)))
    .map(({ servers, values, twins }) =>
      buildProblem(
        parsePartitionInstance({
          zone: { widthM: 1000, heightM: 1000 },
          servers: servers.map(({ at, ...server }) => ({ ...at, ...server, heightM: 25 })),
          density: { model: 'grid', values },
          twins: twins.map(({ at, deadlineS }) => ({ ...at, deadlineS, ...twinType })),
          grid: { columns, rows },
        }),
      ),
    );
}

/** The least J over all labels (and, where free, all servers of twins), counting in base B; ∞ if none is feasible. */
function bruteForce(problem: PartitionProblem, freeTwins: boolean): number {
  const digits = problem.cells + (freeTwins ? problem.twins : 0);
  const code = new Uint16Array(digits);
  let least = Infinity;
  for (let number = 0; number < problem.servers ** digits; number++) {
    let rest = number;
    for (let digit = 0; digit < digits; digit++) {
      code[digit] = rest % problem.servers;
      rest = Math.floor(rest / problem.servers);
    }
    const labels = code.slice(0, problem.cells);
    const score = freeTwins
      ? scorePartition(problem, labels, code.slice(problem.cells))
      : scorePartition(problem, labels);
    least = Math.min(least, score.objectiveMs);
  }
  return least;
}

describe('solveOptimal', () => {
  it('solves 3 × 3 instances exactly', () => {
    fc.assert(
      fc.property(instances(3, 3, 2, 3), fc.boolean(), (problem, freeTwins) => {
        const least = bruteForce(problem, freeTwins);
        const start = solveGuarded(problem);
        const { objectiveMs } = solveOptimal(problem, start, { freeTwins });
        if (least === Infinity) expect(objectiveMs).toBe(Infinity);
        else expect(Math.abs(objectiveMs / least - 1)).toBeLessThan(1e-12);
      }),
      { numRuns: 25 },
    );
  });

  it('gains at least 10 % over guarded in the median at 200 twins, with a bound within 1 %', () => {
    const runs = Array.from({ length: 10 }, (_, index) => {
      const problem = city(200, index + 1, 60);
      const guarded = solveGuarded(problem);
      const follow = solveOptimal(problem, guarded);
      const free = solveOptimal(problem, guarded, { freeTwins: true });
      const shares = measure(problem, follow.labels, follow.twinServers);
      return {
        follow: 1 - follow.objectiveMs / guarded.objectiveMs,
        free: 1 - free.objectiveMs / guarded.objectiveMs,
        gap: index < 2 ? 1 - lowerBoundMs(problem, shares, true) / follow.objectiveMs : 0,
      };
    });
    expect(median(runs.map((run) => run.follow))).toBeGreaterThan(0.1);
    expect(median(runs.map((run) => run.free))).toBeGreaterThan(0.12);
    for (const run of runs) {
      expect(run.follow).toBeGreaterThanOrEqual(0);
      expect(run.free).toBeGreaterThan(run.follow);
      expect(run.gap).toBeGreaterThanOrEqual(0);
      expect(run.gap).toBeLessThan(0.01);
    }
  });

  it('keeps every region in one piece where asked to, between guarded and the islands', () => {
    for (const seed of [1, 2, 3]) {
      const problem = city(120, seed, 60);
      const islands = solvePartition(problem, { method: 'optimal', lowerBound: false });
      const connected = solvePartition(problem, { method: 'optimal', connected: true, lowerBound: false });
      expect(countPieces(problem, connected.labels).every((pieces) => pieces <= 1)).toBe(true);
      expect(Math.max(...countPieces(problem, islands.labels))).toBeGreaterThan(3);
      expect(connected.objectiveMs).toBeGreaterThanOrEqual(islands.objectiveMs);
      const guarded = solvePartition(problem, { lowerBound: false });
      if (countPieces(problem, guarded.labels).every((pieces) => pieces <= 1)) {
        expect(connected.objectiveMs).toBeLessThanOrEqual(guarded.objectiveMs);
      }
    }
  });
});

describe('on any instance', () => {
  it('guarded is never worse than snr, optimal never worse than guarded', () => {
    fc.assert(
      fc.property(instances(9, 7, 6, 12), (problem) => {
        const baseline = solveBestChannel(problem);
        const guarded = solveGuarded(problem);
        expect(guarded.objectiveMs).toBeLessThanOrEqual(baseline.objectiveMs);
        for (const options of [{}, { freeTwins: true }]) {
          const { objectiveMs, labels, twinServers } = solveOptimal(problem, guarded, options);
          expect(objectiveMs).toBeLessThanOrEqual(guarded.objectiveMs * (1 + 1e-12));
          expect(objectiveMs).toBe(scorePartition(problem, labels, twinServers).objectiveMs);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('the lower bound lies below the best of all partitions, whatever its prices come from', () => {
    fc.assert(
      fc.property(
        instances(3, 3, 2, 3),
        fc.boolean(),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (problem, freeTwins, skew) => {
          const least = bruteForce(problem, freeTwins);
          if (least === Infinity) return;
          const { labels, twinServers } = solveOptimal(problem, solveGuarded(problem), { freeTwins });
          const shares = measure(problem, labels, twinServers);
          expect(lowerBoundMs(problem, shares, !freeTwins)).toBeLessThanOrEqual(least * (1 + 1e-9));
          // prices from shares that belong to no partition are worse, and still valid
          const skewed = { ...shares, mass: shares.mass.map((mass, b) => (b === 0 ? mass * skew : mass)) };
          expect(lowerBoundMs(problem, skewed, !freeTwins)).toBeLessThanOrEqual(least * (1 + 1e-9));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('blocks of cells keep the bound valid', () => {
    // 330² cells × 4 servers are more than the bound looks at one by one
    const solution = solvePartition(city(60, 4, 330), { method: 'optimal' });
    expect(solution.lowerBoundMs!).toBeLessThanOrEqual(solution.objectiveMs);
    expect(solution.lowerBoundMs! / solution.objectiveMs).toBeGreaterThan(0.97);
  });
});
