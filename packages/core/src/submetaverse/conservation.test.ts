import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseScenario, type ScenarioInput } from './scenario/index.js';
import {
  JobBatch,
  ClassTraffic,
  RandomTraffic,
  bernoulli,
  periodic,
  poisson,
  type TrafficSource,
} from '../traffic/index.js';
import { JobFloat, JobProgress } from './job-store.js';
import { Simulator } from './simulator.js';
import { inventory, type Amount } from './testing/conservation.js';

/** Counts what a source creates, beside the simulator's own counters. */
function counted(source: TrafficSource, amount: Amount): TrafficSource {
  return {
    reset: (devices) => source.reset(devices),
    snapshot: () => source.snapshot(),
    restore: (state) => source.restore(state),
    generate(step, active, streams, batch: JobBatch) {
      source.generate(step, active, streams, batch);
      for (let at = 0; at < batch.count; at++) {
        amount.jobs++;
        amount.mbit += batch.sizeMbit[at];
        amount.units += batch.loadUnits[at];
      }
    },
  };
}

/** Two classes in turn: the paper's requests, and small ones of which several may come in a step. */
function requests(constant: boolean): TrafficSource {
  const small = { arrivals: poisson({ meanPerStep: 1.4 }), meanSizeMbit: 0.3, meanLoadUnits: 0.7 };
  const large = { arrivals: bernoulli({ probability: 0.7 }), meanSizeMbit: 50, meanLoadUnits: 5 };
  return new ClassTraffic(
    [large, small],
    Array.from({ length: 12 }, (_, ue) => ue % 2),
    constant,
  );
}

const zero = (): Amount => ({ jobs: 0, mbit: 0, units: 0 });

const scenarios: fc.Arbitrary<ScenarioInput> = fc.record({
  episodeSteps: fc.constant(60),
  stepS: fc.constantFrom(1, 0.25),
  cells: fc.array(
    fc.record({
      xM: fc.integer({ min: 0, max: 200 }),
      yM: fc.integer({ min: 0, max: 200 }),
      computeUnits: fc.integer({ min: 20, max: 120 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  radio: fc.record({
    pathLoss: fc.constantFrom(
      { model: 'okumura-hata' as const },
      { model: 'umi-38901' as const },
      { model: 'log-distance' as const, exponent: 3.5, shadowingDb: 6 },
    ),
    rate: fc.constantFrom(
      { model: 'shannon' as const },
      { model: 'finite-blocklength' as const, errorProbability: 0.05, packetBits: 1e5 },
    ),
    shadowing: fc.constantFrom(undefined, { stdDb: 6, correlationM: 30 }),
    interference: fc.constantFrom('none', 'full-load', 'activity'),
    minSnr: fc.constantFrom(2e-8, 50),
  }),
  ues: fc.record({
    count: fc.integer({ min: 1, max: 12 }),
    mobility: fc.record({
      model: fc.constant('random-waypoint' as const),
      speedMps: fc.integer({ min: 0, max: 40 }),
    }),
    scheduler: fc.constantFrom('equal-bandwidth', 'equal-rate', 'proportional-fair', 'oldest-first'),
    sizes: fc.constantFrom('poisson' as const, 'constant' as const),
    classes: fc.constantFrom(undefined, [{ lateThresholdSteps: 0 }, { txPowerDbm: 30, noiseMw: 1e-10 }]),
  }),
  sensors: fc.record({
    count: fc.integer({ min: 1, max: 15 }),
    discipline: fc.constantFrom('fifo' as const, 'freshest' as const),
    scheduler: fc.constantFrom('equal-bandwidth', 'equal-rate', 'proportional-fair', 'oldest-first'),
  }),
  association: fc.record({
    model: fc.constantFrom('nearest', 'strongest'),
    hysteresis: fc.constantFrom(0, 5),
    handoverDelaySteps: fc.constantFrom(0, 2),
  }),
  serving: fc.constantFrom(
    undefined,
    {
      services: [{ model: 'CLIP-ViT-L/14' as const, count: 5 }],
      server: { gpuGB: 2, loadGBs: 4 },
      policy: 'LRU',
    },
    {
      services: [{ model: 'GPT3-13B' as const, count: 8 }],
      policy: 'LC-sum',
      cloudDelay: { model: 'exponential' as const, meanSteps: 7 },
    },
  ),
  sensorSelection: fc.constantFrom('nearest', 'nearest-in-range', 'freshest-in-range'),
  interCellDelaySteps: fc.constantFrom(0, 3),
  schedule: fc.constantFrom(
    undefined,
    [
      { fromStep: 15, set: { 'ues.count': 2, 'sensors.count': 3 } },
      { fromStep: 40, set: { 'ues.count': 9, 'sensors.count': 12, 'sensors.scheduler': 'oldest-first' } },
    ],
    { minSteps: 5, maxSteps: 20, vary: { 'ues.count': [1, 10], 'sensors.count': [1, 12] } },
  ),
});

it('created = completed + in transmission + in computation + superseded + dropped, in jobs, Mbit and units, every step', () => {
  let completedJobs = 0;
  let droppedJobs = 0;
  fc.assert(
    fc.property(
      scenarios,
      fc.integer({ min: 0, max: 1000 }),
      fc.array(fc.double({ min: -0.2, max: 1.2, noNaN: true }), { minLength: 8, maxLength: 8 }),
      (input, seed, splits) => {
        const created = { ue: zero(), sensor: zero() };
        const completed = { ue: zero(), sensor: zero() };
        const simulator = new Simulator(parseScenario(input), {
          models: {
            ue: { traffic: counted(requests(input.ues?.sizes === 'constant'), created.ue) },
            sensor: { traffic: counted(new RandomTraffic(periodic(), 70, 7), created.sensor) },
          },
        });
        const count = (amount: Amount) => (job: number) => {
          amount.jobs++;
          amount.mbit += simulator.jobs.floats[job * JobFloat.Stride + JobFloat.Size];
          amount.units += simulator.jobs.floats[job * JobFloat.Stride + JobFloat.Load];
        };
        simulator.onRequest = count(completed.ue);
        const countUpdate = count(completed.sensor);
        simulator.onUpdate = (job) => {
          countUpdate(job);
          const { progress } = simulator.jobs;
          const started = progress[job * JobProgress.Stride + JobProgress.Started];
          expect(started).toBeGreaterThanOrEqual(progress[job * JobProgress.Stride + JobProgress.Sent]);
          expect(started).toBeLessThanOrEqual(simulator.step);
        };
        simulator.reset(seed, 3);
        const { metrics } = simulator;
        for (let step = 0; step < 60; step++) {
          const sides = [
            { kind: 'ue', group: simulator.ues, queue: simulator.requests },
            { kind: 'sensor', group: simulator.sensors, queue: simulator.updates },
          ] as const;
          const before = sides.map(({ group, queue }) => inventory(simulator, group, queue));
          const lostBefore = [
            metrics.total('requestsDropped'),
            metrics.total('updatesDropped') + metrics.total('updatesSuperseded'),
          ];
          const snapshot = { created: structuredClone(created), completed: structuredClone(completed) };
          simulator.advance(splits);
          const lost = [
            metrics.total('requestsDropped'),
            metrics.total('updatesDropped') + metrics.total('updatesSuperseded'),
          ];
          sides.forEach(({ kind, group, queue }, at) => {
            const now = inventory(simulator, group, queue);
            const gain = (key: keyof Amount) => created[kind][key] - snapshot.created[kind][key];
            const done = (key: keyof Amount) => completed[kind][key] - snapshot.completed[kind][key];
            const missing = (key: keyof Amount) => before[at][key] + gain(key) - done(key) - now[key];
            // Jobs that left are counted; what they carried can only be less than what was there.
            expect(missing('jobs')).toBe(lost[at] - lostBefore[at]);
            if (lost[at] === lostBefore[at]) {
              expect(missing('mbit')).toBeCloseTo(0, 6);
              // a model's work is known when its request has come to the server
              if (input.serving === undefined || kind === 'sensor')
                expect(missing('units')).toBeCloseTo(0, 6);
            } else expect(missing('mbit')).toBeGreaterThan(0);
            droppedJobs += lost[at] - lostBefore[at];
          });
          expect(metrics.total('requestsCreated')).toBe(created.ue.jobs);
          expect(metrics.total('updatesCompleted')).toBe(completed.sensor.jobs);
          expect(metrics.total('requestMbitCreated')).toBeCloseTo(created.ue.mbit, 6);
          expect(metrics.total('requestMbitCompleted')).toBeCloseTo(completed.ue.mbit, 6);
          expect(metrics.total('updateMbitCompleted')).toBeCloseTo(completed.sensor.mbit, 6);
        }
        completedJobs += completed.ue.jobs + completed.sensor.jobs;
      },
    ),
    { numRuns: 40, seed: 11 },
  );
  expect(completedJobs).toBeGreaterThan(5_000);
  expect(droppedJobs).toBeGreaterThan(100);
});
