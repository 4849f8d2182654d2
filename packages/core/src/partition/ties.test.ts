import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildProblem,
  cityDocument,
  EquilibriumSolver,
  parsePartitionInstance,
  scorePartition,
  solveGuarded,
  solvePartition,
  type PartitionDocument,
} from './index.js';
import { hasSharedMasts } from './ties.js';

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')) as PartitionDocument;
const mast = { x: 500, y: 500, heightM: 25, computeHz: 8e9, bandwidthHz: 1e7 };
const zone = { widthM: 2000, heightM: 2000 };

describe('a mast', () => {
  it('is shared where two servers stand at one place', () => {
    const problem = (places: readonly [number, number][]) =>
      buildProblem(
        parsePartitionInstance({
          zone: { widthM: 2000, heightM: 2000 },
          servers: places.map(([x, y]) => ({ ...mast, x, y })),
          density: { model: 'uniform' },
          grid: { columns: 4, rows: 4 },
        }),
      );
    expect(
      hasSharedMasts(
        problem([
          [500, 500],
          [1500, 500],
          [500, 500],
        ]),
      ),
    ).toBe(true);
    expect(
      hasSharedMasts(
        problem([
          [500, 500],
          [500, 501],
        ]),
      ),
    ).toBe(false);
    expect(hasSharedMasts(problem([[500, 500]]))).toBe(false);
  });
});

describe('servers on one mast', () => {
  it.each([
    ['co-sited', 17.87, 17.82],
    ['sectors', 10.68, 10.52],
  ])(
    '%s: share their region by mass, guarded and optimal close to the bound',
    (name, guardedMs, optimalMs) => {
      const guarded = solvePartition(parsePartitionInstance(fixture(name)), { lowerBound: true });
      expect([guarded.converged, guarded.ending]).toEqual([true, 'equilibrium']);
      expect(guarded.objectiveMs).toBeLessThan(guardedMs);
      expect(guarded.lowerBoundMs!).toBeGreaterThan(0.98 * guarded.objectiveMs);
      const optimal = solvePartition(parsePartitionInstance(fixture(name)), {
        method: 'optimal',
        lowerBound: false,
      });
      expect(optimal.objectiveMs).toBeLessThan(optimalMs);
      expect(optimal.objectiveMs).toBeGreaterThanOrEqual(guarded.lowerBoundMs!);
    },
  );

  it('gives as much as the same servers moved a metre apart', () => {
    const together = fixture('co-sited');
    const apart = structuredClone(together) as { servers: { x: number }[] };
    apart.servers[1].x += 1;
    const [one, other] = [together, apart].map((document) =>
      solveGuarded(buildProblem(parsePartitionInstance(document))),
    );
    expect(Math.abs(one.objectiveMs / other.objectiveMs - 1)).toBeLessThan(2e-3);
  });

  it('balances α = e^w up to a cell, for any number of equal servers at any place', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: 150, max: 900 }),
        (count, x, y, stdM) => {
          const problem = buildProblem(
            parsePartitionInstance({
              zone,
              servers: [
                ...Array.from({ length: count }, () => ({ ...mast, x, y })),
                { ...mast, x: 1500, y: 1200 },
              ],
              density: { model: 'gaussian', x: 800, y: 900, stdM },
              grid: { columns: 40, rows: 40 },
            }),
          );
          const start = new Float64Array(count + 1).fill(-Math.log(count + 1));
          const found = new EquilibriumSolver(problem).solve(problem.computeHz, start, { final: true });
          expect(found.balanced).toBe(true);
          const { perServer } = scorePartition(problem, found.labels);
          const heaviest = problem.mass.reduce((most, g) => Math.max(most, g));
          for (const { mass } of perServer.slice(1, count)) {
            expect(Math.abs(mass - perServer[0].mass)).toBeLessThan(4 * heaviest);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('how a method ended', () => {
  it('a single server has nothing to cut, and says that it converged', () => {
    const one = parsePartitionInstance({
      zone,
      servers: [mast],
      density: { model: 'uniform' },
      grid: { columns: 20, rows: 20 },
    });
    expect(solvePartition(one, { lowerBound: false })).toMatchObject({
      converged: true,
      ending: 'equilibrium',
    });
    expect(solvePartition(one, { method: 'snr', lowerBound: false }).ending).toBe('assignment');
  });

  it('a cycle says between how many associations, and what they are worth', () => {
    const endings = [1, 2, 3, 4, 5, 6].map((seed) =>
      solveGuarded(buildProblem(parsePartitionInstance(cityDocument({ twins: 60, seed, grid: 60 })))),
    );
    const cycles = endings.filter(({ ending }) => ending === 'cycle');
    expect(cycles.length).toBeGreaterThan(0);
    for (const { cycle, objectiveMs } of cycles) {
      expect(cycle!.associations).toBeGreaterThan(1);
      expect(cycle!.leastMs).toBeLessThanOrEqual(cycle!.mostMs);
      expect(objectiveMs).toBeLessThanOrEqual(cycle!.leastMs);
    }
    for (const { ending, cycle } of endings) expect(cycle === undefined).toBe(ending !== 'cycle');
  });

  it('optimal never loses to its own connected variant', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const problem = buildProblem(
        parsePartitionInstance(cityDocument({ twins: 20 * (seed % 4), seed, grid: 20 })),
      );
      for (const freeTwins of [false, true]) {
        const options = { method: 'optimal' as const, freeTwins, lowerBound: false };
        const connected = solvePartition(problem, { ...options, connected: true });
        const islands = solvePartition(problem, options);
        expect(islands.objectiveMs).toBeLessThanOrEqual(connected.objectiveMs * (1 + 1e-12));
      }
    }
  });

  it('the twins of one cell that no server can hold are named, unless they may live elsewhere', () => {
    const twin = {
      x: 510,
      y: 510,
      deadlineS: 1e-3,
      powerW: 0.2,
      dataBits: 1000,
      cyclesPerBit: 225,
      bandwidthHz: 1e6,
    };
    const document = (computeHz: number) => ({
      zone,
      servers: [
        { ...mast, computeHz },
        { ...mast, x: 700, computeHz },
        { ...mast, x: 300, computeHz },
      ],
      density: { model: 'uniform' as const },
      twins: [twin, twin],
      grid: { columns: 10, rows: 10 },
    });
    const demand = buildProblem(parsePartitionInstance(document(1e9))).demandHz;
    const tight = parsePartitionInstance(document(1.5 * Math.max(...demand)));
    expect(() => solvePartition(tight)).toThrow(
      /the 2 twins of cell \(2, 2\) need more than any server has: .*GHz/,
    );
    expect(solvePartition(tight, { method: 'optimal', freeTwins: true }).objectiveMs).toBeGreaterThan(0);
  });
});
