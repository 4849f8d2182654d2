import { describe, expect, it } from 'vitest';
import { fixed } from '../policy/index.js';
import {
  cachingPolicies,
  scenarioParams,
  scenarioServices,
  simulate as serve,
  type ServingInstance,
} from '../serving/index.js';
import { parseScenario, scenarioProblems, type ScenarioInput } from './scenario/index.js';
import { simulate } from './run.js';
import { Simulator } from './simulator.js';

const CLIP = { services: [{ model: 'CLIP-ViT-L/14' as const, count: 3 }] };

/** The timers of the last step are those of its beginning. */
const SLOTS = 249 + 1e-9;

/** One UE beside its base station: whatever it creates is sent at once. */
const alone = (serving: ScenarioInput['serving'], more: ScenarioInput = {}): ScenarioInput => ({
  episodeSteps: 30,
  ues: {
    count: 1,
    mobility: { model: 'static', positions: [{ xM: 100, yM: 100 }] },
    arrivals: { model: 'periodic', intervalSteps: 1 },
    sizes: 'constant',
    meanSizeMbit: 1,
    meanLoadUnits: 4,
  },
  sensors: { count: 1, meanSizeMbit: 1, meanLoadUnits: 1, sizes: 'constant' },
  ...more,
  serving,
});

describe('requests that need models', () => {
  it.each(['LRU', 'LFU', 'LC', 'LC-sum', 'VALUE', 'VALUE-tuned', 'Random', 'GDSF'])(
    '%s: what is resident is what serving alone makes of the same requests, cell by cell',
    (policy) => {
      const scenario = parseScenario({
        episodeSteps: 250,
        cells: [
          { xM: 50, yM: 100, gpuGB: 60 },
          { xM: 150, yM: 100 },
        ],
        ues: { count: 20, mobility: { model: 'random-waypoint', speedMps: 5 } },
        serving: {
          services: [
            { model: 'GPT3-13B', count: 9 },
            { model: 'CLIP-ViT-H/14', count: 12 },
          ],
          policy,
        },
      });
      const { server, costs, services } = scenario.serving!;
      const simulator = new Simulator(scenario);
      simulator.reset(3, 1);
      const serving = simulator.servers.serving!;
      const arrived = [0, 1].map(() => ({ slot: [] as number[], service: [] as number[] }));
      const edge = [0, 0];
      simulator.onSent = (kind, job, cell) => {
        if (kind !== 'ue') return;
        const service = serving.service(simulator.jobs.progress[job * 4 + 3]);
        arrived[cell].slot.push(simulator.step);
        arrived[cell].service.push(service);
        if (serving.isResident(cell, service)) edge[cell]++;
      };
      while (simulator.step < 250) simulator.advance([0.5, 0.5, 0.5, 0.5]);
      for (const cell of [0, 1]) {
        const gpuGB = scenario.cells[cell].gpuGB ?? server.gpuGB;
        const instance: ServingInstance = {
          params: { ...scenarioParams({ server: { ...server, gpuGB }, costs }), warm: 0, slots: SLOTS },
          services: scenarioServices({ server, services }),
          slot: Float64Array.from(arrived[cell].slot),
          service: Int32Array.from(arrived[cell].service),
        };
        const costsAlone = serve(instance, cachingPolicies.get(policy), { seed: 3 });
        const { metrics } = simulator;
        expect(arrived[cell].slot.length).toBeGreaterThan(500);
        expect(metrics.total('requestsToEdge', cell)).toBe(edge[cell]);
        expect(costsAlone.edge).toBeCloseTo(edge[cell] / arrived[cell].slot.length, 12);
        expect(costsAlone.loads * SLOTS).toBeCloseTo(metrics.total('modelLoads', cell), 6);
      }
    },
  );

  it('a missing model costs the way to the cloud and nothing of the server', () => {
    const serving = { ...CLIP, policy: 'Cloud', cloudDelay: { model: 'fixed' as const, steps: 7 } };
    const { episodes, requests } = simulate(parseScenario(alone(serving)), fixed(0.5, 0.5), {
      recordRequests: true,
    });
    // created in steps 0 … 22 and back within the 30
    expect([...requests!.aori]).toEqual(Array.from({ length: 23 }, () => 7));
    expect([...requests!.aosi].slice(1)).toEqual(Array.from({ length: 22 }, () => 6));
    expect(episodes.requestsAtCloud[0]).toBe(23);
    expect(episodes.requestsToEdge[0]).toBe(0);
  });

  it('a request in the cloud whose sensor was never heard of waits for it', () => {
    const serving = { ...CLIP, policy: 'Cloud', cloudDelay: { model: 'fixed' as const, steps: 0 } };
    const late = {
      sensors: { count: 1, arrivals: { model: 'periodic' as const, intervalSteps: 30, offsetSteps: 9 } },
    };
    const { requests } = simulate(parseScenario(alone(serving, late)), fixed(0.5, 0.5), {
      recordRequests: true,
    });
    expect(Math.min(...requests!.completed)).toBeGreaterThanOrEqual(10);
    expect(requests!.aori[0]).toBe(requests!.completed[0]);
  });

  it('a resident one costs its work, and loading occupies the server (by hand)', () => {
    // CLIP has 175.5 GFLOP and .856 GB: loading takes 8.56 steps, a request 4 · 175.5 / 100 = 7.02 of 100 units
    const serving = {
      services: [{ model: 'CLIP-ViT-L/14' as const, count: 1 }],
      policy: 'LRU',
      server: { loadGBs: 0.1 },
      cloudDelay: { model: 'fixed' as const, steps: 2 },
    };
    const scenario = parseScenario(alone(serving));
    const simulator = new Simulator(scenario);
    const loads: number[] = [];
    const completed: [created: number, completed: number][] = [];
    simulator.onRequest = (job) => {
      loads.push(simulator.jobs.floats[job * 4 + 1]);
      completed.push([simulator.jobs.ints[job * 8 + 4], simulator.step]);
    };
    while (simulator.step < 30) simulator.advance([0.5, 0.9]);
    expect(completed[0]).toEqual([0, 2]);
    // loaded by the request of step 0 in steps 0 … 8, of which .44 is left in the ninth: 39.6 units, five requests
    expect(completed.slice(1, 6)).toEqual([1, 2, 3, 4, 5].map((created) => [created, 8]));
    expect(completed.slice(6, 10)).toEqual([6, 7, 8, 9].map((created) => [created, 9]));
    expect(completed.slice(10, 20)).toEqual(Array.from({ length: 10 }, (_, at) => [10 + at, 10 + at]));
    for (const load of loads.slice(1)) expect(load).toBeCloseTo(4 * 1.755, 12);
    expect(simulator.metrics.total('modelLoads')).toBe(1);
  });

  it('examples in the context add to the work and to the accuracy', () => {
    const serving = {
      services: [{ model: 'GPT3-13B' as const, count: 1 }],
      policy: 'LC',
      server: { loadGBs: 1e9 },
      costs: { vanishing: 0.5, contextFlops: 0.1 },
      baseGflops: 26.54,
      cloudDelay: { model: 'fixed' as const, steps: 0 },
    };
    const simulator = new Simulator(parseScenario(alone(serving)));
    const loads: number[] = [];
    simulator.onRequest = (job) => loads.push(simulator.jobs.floats[job * 4 + 1]);
    while (simulator.step < 12) simulator.advance([0.5, 0.9]);
    // K ← K/2 + 1 from the load on: 0, then ½, ¾, ⅞ … when the next request comes
    const expected = [0, 0.5, 0.75, 0.875].map((examples) => 4 * (1 + 0.1 * examples));
    expect(loads.slice(1, 5)).toEqual(expected.map((load) => expect.closeTo(load, 12) as number));
    const { metrics } = simulator;
    expect(metrics.total('contextSum') / metrics.total('requestsToEdge')).toBeGreaterThan(0.7);
    // translation: 15.45 % without an example, 26.12 % with one
    const accuracy = metrics.total('accuracySum') / metrics.total('requestsToEdge');
    expect(accuracy).toBeGreaterThan(15.45);
    expect(accuracy).toBeLessThan(26.12);
  });

  it('draws the same models for the same people whatever the policies, and others for another episode', () => {
    const asked = (policy: string, split: number, episode: number) => {
      const serving = { services: [{ model: 'CLIP-ViT-L/14' as const, count: 30 }], policy };
      const simulator = new Simulator(parseScenario({ serving }));
      simulator.reset(1, episode);
      const models = new Map<string, number>();
      simulator.onSent = (kind, job) => {
        const { ints, progress } = simulator.jobs;
        if (kind === 'ue')
          models.set(`${ints[job * 8 + 5]} ${ints[job * 8 + 4]}`, progress[job * 4 + 3] & 0xffff);
      };
      while (simulator.step < 60) simulator.advance([split, split]);
      return models;
    };
    const [one, other, next] = [asked('LRU', 0.9, 0), asked('VALUE', 0.6, 0), asked('LRU', 0.9, 1)];
    let common = 0;
    for (const [request, model] of other)
      if (one.has(request)) common += one.get(request) === model ? 1 : NaN;
    expect(common).toBeGreaterThan(300);
    expect([...next.values()].slice(0, 100)).not.toEqual([...one.values()].slice(0, 100));
    expect(new Set(one.values()).size).toBeGreaterThan(15);
  });

  it.each([
    [
      'serving.server.gpuGB',
      { ...CLIP, server: { gpuGB: 0.5 } },
      {},
      /hold no model; the smallest .* has 0.856/,
    ],
    ['cells[0].gpuGB', CLIP, { cells: [{ xM: 1, yM: 1, gpuGB: 0.1 }] }, /hold no model/],
    ['serving.policy', { ...CLIP, policy: 'MRU' }, {}, /LC-sum/],
    ['serving.services', { services: [] }, {}, /./],
    ['serving.cloudDelay.steps', { ...CLIP, cloudDelay: { model: 'fixed', steps: -1 } }, {}, /0/],
    [
      'schedule[0].set["serving.policy"]',
      CLIP,
      { schedule: [{ fromStep: 5, set: { 'serving.policy': 'LRU' } }] },
      /cannot change/,
    ],
  ])('refuses %s', (at, serving, more, message) => {
    expect(scenarioProblems({ ...more, serving })).toContainEqual({
      path: at,
      message: expect.stringMatching(message) as string,
    });
  });
});
