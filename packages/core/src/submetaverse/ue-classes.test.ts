import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../policy/index.js';
import { parseScenario, scenarioProblems, type ScenarioInput } from './scenario/index.js';
import { simulate } from './run.js';
import { Simulator } from './simulator.js';

const FRIIS_1M_2GHZ = 20 * Math.log10((4 * Math.PI * 2e9) / 299_792_458);
const cell = { xM: 100, yM: 100, heightM: 10, frequencyHz: 2e9 };
const radio = { pathLoss: { model: 'free-space' as const }, minSnr: 0 };

describe('classes of UEs', () => {
  const scenario = parseScenario({
    episodeSteps: 40,
    cells: [{ ...cell, bandwidthHz: 400e6 }],
    radio,
    ues: {
      count: 5,
      sizes: 'constant',
      arrivals: { model: 'periodic', intervalSteps: 4 },
      meanSizeMbit: 3,
      meanLoadUnits: 2,
      classes: [
        {},
        { arrivals: { model: 'periodic', intervalSteps: 10, spread: true }, meanLoadUnits: 9 },
        { meanSizeMbit: 0.5, txPowerDbm: 0, noiseMw: 2e-10 },
      ],
      classOf: [2, 0],
    },
  });

  it('take their numbers from the list, and in turn beyond it; create what their class says and the rest as all', () => {
    const simulator = new Simulator(scenario);
    const created = Array.from({ length: 5 }, () => ({ jobs: 0, steps: [] as number[] }));
    const sizes = new Map<number, Set<string>>();
    simulator.onSent = (kind, job) => {
      if (kind !== 'ue') return;
      const { ints, floats } = simulator.jobs;
      const ue = ints[job * 8 + 5];
      created[ue].jobs++;
      created[ue].steps.push(ints[job * 8 + 4]);
      sizes.set(ue, (sizes.get(ue) ?? new Set()).add(`${floats[job * 4]} ${floats[job * 4 + 1]}`));
    };
    for (let step = 0; step < 40; step++) simulator.advance([1, 1]);
    // UE 0: class 2, 1: class 0 as listed; 2: class 2, 3: class 0, 4: class 1 in turn
    expect([...sizes].sort(([a], [b]) => a - b).map(([ue, seen]) => [ue, ...seen])).toEqual([
      [0, '0.5 2'],
      [1, '3 2'],
      [2, '0.5 2'],
      [3, '3 2'],
      [4, '3 9'],
    ]);
    expect(created.map(({ jobs }) => jobs)).toEqual([10, 10, 10, 10, 4]);
    const phase = Math.floor(((4 * 0.6180339887498949) % 1) * 10);
    expect(created[4].steps).toEqual([phase, phase + 10, phase + 20, phase + 30]);
    expect(simulator.metrics.total('requestUnitsCreated')).toBe(4 * 10 * 2 + 4 * 9);
    expect(simulator.offeredUnits('ue', 0)).toBe((4 * 10 * 2 + 4 * 9) / 40);
  });

  it('send with their own power over their own noise (Friis, by hand)', () => {
    const simulator = new Simulator(scenario);
    const { x, y } = simulator.ues.field;
    const places = Array.from(x, (east, ue) => ({ dx: east - 100, dy: y[ue] - 100 }));
    simulator.advance([1, 1]);
    places.forEach(({ dx, dy }, ue) => {
      const own = [0, 2].includes(ue);
      const distance = Math.max(1e-3, Math.hypot(dx, dy, 10 - 1.5));
      const lossDb = FRIIS_1M_2GHZ + 20 * Math.log10(distance);
      const snr = 10 ** (((own ? 0 : 40) - lossDb) / 10) / (own ? 2e-10 : 1e-9);
      expect(simulator.ues.efficiency[ue] / Math.log2(1 + snr)).toBeCloseTo(1, 9);
    });
  });

  it('have a threshold of their own for what is late', () => {
    const thresholds = [0, 3];
    const input: ScenarioInput = {
      cells: [{ ...cell, bandwidthHz: 40e6 }],
      radio,
      ues: {
        count: 6,
        classes: thresholds.map((lateThresholdSteps) => ({ lateThresholdSteps })),
      },
      reward: { latePenalty: -4 },
    };
    const { episodes, requests } = simulate(parseScenario(input), parsePolicy('fixed:0.4,0.4'), {
      seed: 3,
      recordRequests: true,
    });
    const late = Array.from(requests!.aori).filter((aori, at) => aori > thresholds[requests!.device[at] % 2]);
    expect(late.length).toBeGreaterThan(20);
    expect(late.length).toBeLessThan(requests!.aori.length - 20);
    expect(episodes.late[0]).toBe(late.length);
    expect(episodes.latePenalty[0]).toBe(-4 * late.length);
  });

  it('one class that says nothing, and one that says what all say, are no classes, to the byte', () => {
    const run = (ues: object) =>
      simulate(parseScenario({ ues }), parsePolicy('queue-proportional'), { seed: 5, recordRequests: true });
    const plain = run({});
    expect(run({ classes: [{}] })).toEqual(plain);
    const said = { arrivals: { model: 'bernoulli', probability: 0.7 }, meanSizeMbit: 50, meanLoadUnits: 5 };
    expect(run({ classes: [{ ...said, lateThresholdSteps: 2, txPowerDbm: 40, noiseMw: 1e-9 }] })).toEqual(
      plain,
    );
  });

  it.each([
    ['ues.classOf[1]', { classes: [{}, {}], classOf: [0, 2] }, /2 is no class; expected 0 to 1/],
    ['ues.classOf', { classOf: [0] }, /ues.classes has none/],
    ['ues.arrivals.model', { classes: [{}], arrivals: { model: 'trace', file: 'a.csv' } }, /recorded/],
    ['ues.classes[0].arrivals', { classes: [{ arrivals: { model: 'trace', file: 'a' } }] }, /draws/],
    ['ues.classes[0].meanSizeMbit', { classes: [{ meanSizeMbit: -1 }] }, /expected more than 0/],
  ])('refuse %s', (at, ues, message) => {
    expect(scenarioProblems({ ues })).toContainEqual({
      path: at,
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('steps of another length', () => {
  it('send and move in proportion: ten steps of .1 s carry what one of 1 s does', () => {
    const ofLength = (stepS: number) => {
      const scenario = parseScenario({
        stepS,
        cells: [{ ...cell, bandwidthHz: 10e6 }],
        radio,
        ues: {
          count: 1,
          mobility: { model: 'random-waypoint', speedMps: 2, positions: [{ xM: 20, yM: 30 }] },
          arrivals: { model: 'periodic', intervalSteps: 1e6 },
          sizes: 'constant',
          meanSizeMbit: 1e5,
        },
      });
      const simulator = new Simulator(scenario);
      simulator.advance([1, 1]);
      return {
        sent: 1e5 - simulator.uplinkMbit('ue', 0),
        moved: Math.hypot(simulator.ues.field.x[0] - 20, simulator.ues.field.y[0] - 30),
      };
    };
    const second = ofLength(1);
    expect(second.moved).toBeCloseTo(2, 9);
    expect(second.sent).toBeGreaterThan(50);
    const tenth = ofLength(0.1);
    expect(tenth.moved).toBeCloseTo(0.2, 9);
    expect(tenth.sent).toBeCloseTo(second.sent / 10, 6);
  });

  it('a cell has its own noise where it says so', () => {
    const at = (noise: object) => {
      const simulator = new Simulator(parseScenario({ cells: [{ ...cell, ...noise }] }));
      simulator.advance([0.5, 0.5]);
      return [...simulator.sensors.efficiency, ...simulator.ues.efficiency];
    };
    expect(at({ noiseMw: 1e-9 })).toEqual(at({}));
    at({ noiseMw: 1e-3 }).forEach((efficiency, link) => expect(efficiency).toBeLessThan(at({})[link]));
  });
});
