import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../errors/index.js';
import {
  buildProblem,
  cityDocument,
  parsePartitionInstance,
  solvePartition,
  type PartitionDocument,
} from '../partition/index.js';
import { fixed, fixedPerCell, parsePolicy } from '../policy/index.js';
import { AgeMap, simulate, Simulator } from '../submetaverse/index.js';
import { parseScenario } from '../submetaverse/scenario/index.js';
import { chooseSplits, cityAccounts, cityScenario, runCity } from './index.js';

function cityOf(changes: Partial<PartitionDocument>, method: 'snr' | 'guarded' | 'optimal', options = {}) {
  const problem = buildProblem(parsePartitionInstance({ ...cityDocument({ grid: 50 }), ...changes }));
  const solution = solvePartition(problem, { method, lowerBound: false });
  const city = cityScenario(problem, solution, options);
  return { problem, solution, city, scenario: parseScenario(city.scenario) };
}

describe('a partition as a scenario', () => {
  it.each(['snr', 'guarded', 'optimal'] as const)('%s: both sides of the accounts agree', (method) => {
    const { problem, solution, city } = cityOf({}, method, { sensors: 20_000 });
    const accounts = cityAccounts(problem, solution, city);
    for (const { mass, bandwidthHz, computeLeftHz, subSyncMs } of accounts) {
      expect(bandwidthHz.held).toBe(bandwidthHz.thought);
      expect(computeLeftHz.held / computeLeftHz.thought).toBeCloseTo(1, 9);
      expect(Math.abs(mass.held - mass.thought)).toBeLessThan(2e-3);
      expect(Math.abs(subSyncMs.held / subSyncMs.thought - 1)).toBeLessThan(0.03);
    }
    const sum = (of: (account: (typeof accounts)[number]) => number) =>
      accounts.reduce((total, account) => total + of(account), 0);
    expect(sum(({ mass }) => mass.held)).toBeCloseTo(1, 12);
    expect(Math.abs(sum(({ subSyncMs }) => subSyncMs.held) / (4 * solution.objectiveMs) - 1)).toBeLessThan(
      0.01,
    );
  });

  it('accounts agree for drawn cities, whatever servers, twins and density', () => {
    const place = fc.record({ x: fc.integer({ min: 0, max: 2000 }), y: fc.integer({ min: 0, max: 2000 }) });
    const server = fc
      .record({
        at: place,
        computeHz: fc.integer({ min: 4e9, max: 2e10 }),
        bandwidthHz: fc.integer({ min: 5e6, max: 4e7 }),
      })
      .map(({ at, ...rest }) => ({ ...at, heightM: 25, ...rest }));
    const twin = fc
      .record({ at: place, deadlineMs: fc.constantFrom(5, 30, 200), powerW: fc.constantFrom(0.1, 0.3) })
      .map(({ at, deadlineMs, powerW }) => ({
        ...at,
        deadlineS: deadlineMs / 1e3,
        powerW,
        dataBits: 800,
        cyclesPerBit: 200,
        bandwidthHz: 1e6,
      }));
    fc.assert(
      fc.property(
        fc.array(server, { minLength: 1, maxLength: 5 }),
        fc.array(twin, { maxLength: 12 }),
        fc.constantFrom('snr' as const, 'guarded' as const),
        (servers, twins, method) => {
          const changes = { servers, twins, grid: { columns: 20, rows: 20 } };
          const { problem, solution, city } = cityOf(changes, method, { sensors: 4000 });
          for (const account of cityAccounts(problem, solution, city)) {
            expect(account.bandwidthHz.held).toBe(account.bandwidthHz.thought);
            expect(account.computeLeftHz.held / account.computeLeftHz.thought).toBeCloseTo(1, 6);
            expect(Math.abs(account.mass.held - account.mass.thought)).toBeLessThan(0.02);
          }
        },
      ),
      { numRuns: 30, seed: 4 },
    );
  });

  it('an update is sent in the time of paper 001, eq. 2: Δε ρ Q_b / (W_b log2(1 + SNR))', () => {
    const twins: never[] = [];
    const constants = { ...cityDocument().constants, sensingBpsPerM3: 3e4 };
    const { scenario, city } = cityOf({ twins, constants }, 'snr', {
      sensors: 40,
      stepsPerSlot: 1000,
      episodeSteps: 1000,
    });
    const simulator = new Simulator(scenario);
    const sent = new Map<number, number>();
    simulator.onSent = (kind, job) => {
      const sensor = simulator.jobs.ints[job * 8 + 5];
      if (kind === 'sensor' && !sent.has(sensor)) sent.set(sensor, simulator.step);
    };
    for (let step = 0; step < 1000; step++) simulator.advance(city.reserved);
    const { field, chosenCell } = simulator.sensors;
    const connected = [0, 1, 2, 3].map((b) => [...chosenCell].filter((of) => of === b).length);
    let compared = 0;
    for (let n = 0; n < 40; n++) {
      const b = chosenCell[n];
      const { xM, yM, bandwidthHz } = scenario.cells[b];
      const distance = Math.hypot(field.x[n] - xM, field.y[n] - yM, 25);
      const lossDb = 20 * Math.log10((4 * Math.PI * 2e9) / 299_792_458) + 10 * 2.55 * Math.log10(distance);
      const snr = 10 ** ((0 - lossDb) / 10) / (10 ** (-170 / 10) * bandwidthHz);
      // 40 sensors stand for 25,000: each has 625 of the paper's, of whose Q_b a region has 625 times its own
      const seconds = (1e-3 * 0.01 * 3e4 * 625 * connected[b]) / (bandwidthHz * Math.log2(1 + snr));
      const step = seconds / 1e-6;
      if (step > 990) expect(sent.has(n)).toBe(false);
      else {
        compared++;
        expect(Math.abs(sent.get(n)! - Math.floor(step - 1e-6))).toBeLessThanOrEqual(1);
      }
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('sensors stand where the density says, twins where they are or have walked to', () => {
    const { problem, city, scenario } = cityOf({}, 'guarded', { sensors: 500, seed: 3 });
    const places = (city.scenario.sensors!.mobility as { positions: { xM: number; yM: number }[] }).positions;
    expect(places).toHaveLength(500);
    const inQuarter = places.filter(({ xM, yM }) => xM < 750 && yM < 750).length / 500;
    let mass = 0;
    problem.mass.forEach((g, at) => {
      if ((at % 50) * 40 + 20 < 750 && Math.floor(at / 50) * 40 + 20 < 750) mass += g;
    });
    expect(Math.abs(inQuarter - mass)).toBeLessThan(0.02);
    const starts = (of: typeof scenario) =>
      (of.ues.mobility as { positions: { xM: number; yM: number }[] }).positions;
    expect(starts(scenario)[7]).toEqual({ xM: problem.instance.twins[7].x, yM: problem.instance.twins[7].y });
    const later = cityOf({}, 'guarded', { ageS: 20, speedMps: 10 });
    starts(later.scenario).forEach(({ xM, yM }, k) => {
      const moved = Math.hypot(xM - problem.instance.twins[k].x, yM - problem.instance.twins[k].y);
      expect(moved).toBeLessThanOrEqual(200 + 1e-9);
    });
    expect(starts(later.scenario)).not.toEqual(starts(scenario));
  });

  it('a twin hosted by another server than its surroundings keeps it; the others go with the regions', () => {
    const { problem, solution, scenario } = cityOf({}, 'optimal');
    const kept = scenario.association.ueCells!;
    const islands = kept.filter((cell) => cell >= 0).length;
    expect(islands).toBeGreaterThan(0);
    expect(islands).toBeLessThan(60);
    kept.forEach((cell, k) => {
      if (cell >= 0) expect(cell).toBe(solution.twins[k]);
      else expect(solution.labels[problem.twinCell[k]]).toBe(solution.twins[k]);
    });
  });

  it('reserves for the twins what the partition does, and refuses what is no number of sensors', () => {
    const { problem, solution, city } = cityOf({}, 'snr');
    solution.perServer.forEach(({ computeLeftHz }, b) => {
      expect(city.reserved[2 * b + 1]).toBeCloseTo(1 - computeLeftHz / problem.computeHz[b], 12);
    });
    expect(() => cityScenario(problem, solution, { sensors: 0 })).toThrow(InvalidInputError);
    expect(() => cityScenario(problem, solution, { stepsPerSlot: 1.5 })).toThrow(/stepsPerSlot/);
  });
});

describe('a city in one cell', () => {
  it('gives the figures of simulate', () => {
    const labels = { columns: 3, rows: 2, runs: '0*6' };
    const paper = parseScenario({ association: { model: 'regions', labels } });
    const policy = parsePolicy('queue-proportional');
    const { episodes } = simulate(parseScenario({}), policy, { seed: 2, episodes: 3 });
    const run = runCity(paper, policy, { seed: 2, episodes: 3 });
    run.episodes.forEach((episode, at) => {
      for (const metric of ['aosi', 'aori', 'served', 'reward', 'late'] as const)
        expect(episode[metric]).toBe(episodes[metric][at]);
      expect(episode.worstAosi).toBe(episode.aosi);
      expect(episode.jain).toBe(1);
    });
  });

  it('adds ages up by place: their sums are those of all requests', () => {
    const map = new AgeMap({ widthM: 200, heightM: 100 }, 10);
    expect([map.columns, map.rows]).toEqual([10, 5]);
    const paper = parseScenario({ area: { widthM: 200, heightM: 100 } });
    const { episodes } = runCity(paper, fixed(0.4, 0.4), { seed: 1, episodes: 2, map });
    const { completed, aori, aosi, synchronised } = map.data();
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const single = simulate(paper, fixed(0.4, 0.4), { seed: 1, episodes: 2 }).episodes;
    expect(sum(completed)).toBe(sum([...single.requestsCompleted]));
    expect(sum(aori)).toBe(sum([...single.aoriSum]));
    expect(sum(aosi) / sum(synchronised)).toBeCloseTo(
      sum([...single.aosiSum]) / sum([...single.requestsSynchronised]),
      12,
    );
    expect(completed.filter((count) => count > 0).length).toBeGreaterThan(20);
    expect(episodes).toHaveLength(2);
  });
});

describe('fixed splits by cell', () => {
  const cells = [
    { xM: 50, yM: 100, computeUnits: 12 },
    { xM: 150, yM: 100, computeUnits: 300 },
  ];
  const scenario = parseScenario({
    cells,
    ues: { count: 14 },
    sensors: { count: 16 },
    association: { model: 'regions', labels: { columns: 2, rows: 1, runs: '0*1 1*1' } },
  });

  it('are chosen as a search over all pairs chooses, cell by cell', () => {
    const training = { seed: 4, firstEpisode: 10, episodes: 2 };
    const chosen = chooseSplits(scenario, training);
    expect(chosen).toHaveLength(4);
    const shares = [0.1, 0.3, 0.5, 0.7, 0.9];
    const earned = shares.flatMap((rhoC) =>
      shares.map((rhoP) => {
        const simulator = new Simulator(scenario);
        const sums = [0, 0];
        for (const episode of [10, 11]) {
          simulator.reset(4, episode);
          for (let step = 0; step < 100; step++) {
            simulator.advance([rhoC, rhoP, rhoC, rhoP]);
            sums[0] += simulator.rewards[0];
            sums[1] += simulator.rewards[1];
          }
        }
        return { rhoC, rhoP, sums };
      }),
    );
    for (const cell of [0, 1]) {
      const best = earned.reduce((most, one) => (one.sums[cell] > most.sums[cell] + 1e-9 ? one : most));
      expect(chosen.slice(2 * cell, 2 * cell + 2)).toEqual([best.rhoC, best.rhoP]);
    }
    expect(chosen.slice(0, 2)).not.toEqual(chosen.slice(2));
  });

  it('act each in its own cell, and say which cell has none', () => {
    const simulator = runCity(scenario, parsePolicy('fixed:0.1,0.2,0.3,0.4'), {
      seed: 1,
      episodes: 1,
    });
    expect(simulator.episodes).toHaveLength(1);
    const run = simulate(scenario, fixedPerCell([0.1, 0.2, 0.3, 0.4]), { recordSteps: true });
    expect([...run.steps!.rhoC].slice(0, 2)).toEqual([0.1, 0.3]);
    expect([...run.steps!.rhoP].slice(0, 2)).toEqual([0.2, 0.4]);
    const three = parseScenario({ cells: [...cells, { xM: 100, yM: 10 }] });
    expect(() => simulate(three, fixedPerCell([0.1, 0.2, 0.3, 0.4]))).toThrow(/splits of 2 cells; cell 2/);
    expect(() => parsePolicy('fixed:0.1,0.2,0.3')).toThrow(/two for every cell/);
  });
});
