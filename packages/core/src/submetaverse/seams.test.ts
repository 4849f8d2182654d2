import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixed } from '../policy/index.js';
import { pathLossModels } from '../radio/index.js';
import { parseScenario } from './scenario/index.js';
import { bandwidthSchedulers } from './bandwidth-scheduler.js';
import { DeviceGroup } from './devices.js';
import { JobStore } from './job-store.js';
import { NearestTracker } from './nearest-tracker.js';
import { PointGrid } from './point-grid.js';
import { simulate } from './run.js';
import { sensorSelections, type SensorView } from './sensor-selection.js';
import { Simulator } from './simulator.js';
import { inventory } from './testing/conservation.js';
import { Twin } from './twin.js';

describe('bandwidth schedulers', () => {
  const device = fc.record({
    cell: fc.integer({ min: -1, max: 1 }),
    efficiency: fc.double({ min: 0.1, max: 12, noNaN: true }),
    backlog: fc.constantFrom(0, 3, 60, 500),
    created: fc.integer({ min: 0, max: 5 }),
  });

  it.each(bandwidthSchedulers.names())(
    '%s never gives away more than there is, and nothing without service',
    (name) => {
      fc.assert(
        fc.property(fc.array(device, { minLength: 1, maxLength: 12 }), (devices) => {
          const group = new DeviceGroup('ue', devices.length, { widthM: 1, heightM: 1 });
          const jobs = new JobStore();
          group.active = devices.length;
          devices.forEach(({ cell, efficiency, backlog, created }, at) => {
            group.cell[at] = cell;
            group.efficiency[at] = cell < 0 ? 0 : efficiency;
            group.backlogMbit[at] = backlog;
            if (backlog > 0) group.queues.push(jobs.ints, at, jobs.create(created, at, 0, backlog, 1));
          });
          const bandwidth = Float64Array.of(30, 70);
          bandwidthSchedulers.get(name)(2).share(group, bandwidth, jobs);
          const used = [0, 0];
          devices.forEach(({ cell }, at) => {
            expect(group.rate[at]).toBeGreaterThanOrEqual(0);
            if (cell < 0) expect(group.rate[at]).toBe(0);
            else used[cell] += group.rate[at] / group.efficiency[at];
          });
          expect(used[0]).toBeLessThanOrEqual(30 + 1e-9);
          expect(used[1]).toBeLessThanOrEqual(70 + 1e-9);
          const connected = devices.filter(({ cell }) => cell === 0).length;
          if (name.startsWith('equal') && connected > 0) expect(used[0]).toBeCloseTo(30, 9);
          const rates = devices.flatMap(({ cell }, at) => (cell === 0 ? [group.rate[at]] : []));
          if (name === 'equal-rate') rates.forEach((rate) => expect(rate).toBeCloseTo(rates[0], 9));
          if (name === 'oldest-first') {
            const served = devices
              .map((entry, at) => ({ ...entry, at }))
              .filter(({ cell, backlog }) => cell === 0 && backlog > 0);
            const order = served.sort((a, b) => a.created - b.created || a.at - b.at);
            const short = order.findIndex(({ at, backlog }) => group.rate[at] < backlog - 1e-9);
            if (short >= 0)
              order.slice(short + 1).forEach(({ at }) => expect(group.rate[at]).toBeCloseTo(0, 9));
          }
        }),
        { numRuns: 300 },
      );
    },
  );
});

describe('sensor selection', () => {
  const x = Float64Array.of(0, 10, 20, 90);
  const y = new Float64Array(4);
  const grid = new PointGrid();
  grid.build(x, y, 4);
  const twin = new Twin(4, 1, 0);
  const ues = { widthM: 100, heightM: 1, x: new Float64Array(1), y: new Float64Array(1) };
  const view: SensorView = {
    ues,
    sensors: { widthM: 100, heightM: 1, x, y },
    grid,
    tracker: new NearestTracker(grid, ues),
    rangeM: 15,
    twin,
  };
  twin.commit(0, 2, 7, 7);

  it('takes the nearest, the nearest in range, or the freshest in range', () => {
    const select = (name: string, at: number) => {
      ues.x[0] = at;
      return sensorSelections.get(name)(0, 0, view);
    };
    expect(select('nearest', 11)).toBe(1);
    expect(select('nearest-in-range', 11)).toBe(1);
    expect(select('nearest-in-range', 50)).toBe(-1);
    expect(select('freshest-in-range', 11)).toBe(2);
    expect(select('freshest-in-range', 50)).toBe(-1);
  });

  it('serves a request that no sensor covers without AoSI and without synchronisation reward', () => {
    const scenario = parseScenario({ sensorSelection: 'nearest-in-range', sensors: { rangeM: 25 } });
    const { requests, episodes } = simulate(scenario, fixed(0.4, 0.4), { recordRequests: true });
    const uncovered = [...requests!.sensor].filter((sensor) => sensor === -1).length;
    expect(uncovered).toBeGreaterThan(0);
    expect(episodes.requestsCompleted[0] - episodes.requestsSynchronised[0]).toBe(uncovered);
  });
});

describe('the twin', () => {
  it('keeps the newest update, and shows it to other cells after the delay', () => {
    const delayed = new Twin(2, 3, 5);
    delayed.commit(1, 0, 10, 12);
    expect([0, 1, 2].map((cell) => delayed.newest(cell, 0))).toEqual([-1, 10, -1]);
    delayed.commit(1, 0, 9, 13);
    delayed.deliver(16);
    expect(delayed.newest(0, 0)).toBe(-1);
    delayed.deliver(17);
    expect([0, 1, 2].map((cell) => delayed.newest(cell, 0))).toEqual([10, 10, 10]);
    delayed.deliver(18);
    expect(delayed.newest(2, 0)).toBe(10);
  });
});

describe('parts given in code', () => {
  it('replace those that the scenario names, and registered ones are valid in scenario files', () => {
    const flat = { random: false, prepare: () => () => 100 };
    pathLossModels.register('flat', () => flat);
    const byName = new Simulator(parseScenario({ radio: { pathLoss: { model: 'flat' } as never } }));
    const inCode = new Simulator(parseScenario({}), { models: { pathLoss: flat } });
    for (const simulator of [byName, inCode]) simulator.advance([0.4, 0.4]);
    expect(byName.snapshot()).toEqual(inCode.snapshot());
    expect(new Set(byName.ues.efficiency).size).toBe(1);
  });

  it('lets a scenario change while it runs', () => {
    const scenario = parseScenario({ ues: { count: 10 } });
    const simulator = new Simulator(scenario);
    for (let step = 0; step < 10; step++) simulator.advance([0.1, 0.1]);
    const fewer = parseScenario({ ues: { count: 4 } });
    const waiting = simulator.ues.queues.length.slice(4).reduce((sum, length) => sum + length, 0);
    simulator.change(fewer);
    expect(simulator.metrics.total('requestsDropped')).toBe(waiting);
    simulator.advance([0.1, 0.1]);
    expect(simulator.connected('ue', 0)).toBe(4);
  });

  it('lets the discipline change back and forth without losing or doubling an update', () => {
    const of = (discipline: 'fifo' | 'freshest') => parseScenario({ sensors: { discipline } });
    const simulator = new Simulator(of('freshest'));
    const { metrics } = simulator;
    for (let step = 0; step < 90; step++) {
      if (step % 15 === 0) simulator.change(of(step % 30 === 0 ? 'fifo' : 'freshest'));
      simulator.advance([0.4, 0.8]);
      const { jobs } = inventory(simulator, simulator.sensors, simulator.updates);
      const gone = metrics.total('updatesCompleted') + metrics.total('updatesSuperseded');
      expect(metrics.total('updatesCreated')).toBe(jobs + gone);
    }
    expect(metrics.total('updatesSuperseded')).toBeGreaterThan(100);
  });

  it('moves on to the nearest cell, or stays within the hysteresis', () => {
    const run = (hysteresis: number) =>
      simulate(
        parseScenario({
          cells: [
            { xM: 50, yM: 100 },
            { xM: 150, yM: 100 },
          ],
          ues: { mobility: { model: 'random-waypoint', speedMps: 15 } },
          association: { model: 'nearest', hysteresis },
        }),
        fixed(0.4, 0.4),
        { episodes: 5 },
      ).episodes.handovers.reduce((sum, value) => sum + value, 0);
    expect(run(0)).toBeGreaterThan(run(40));
    expect(run(40)).toBeGreaterThan(0);
    expect(run(1000)).toBe(0);
  });
});
