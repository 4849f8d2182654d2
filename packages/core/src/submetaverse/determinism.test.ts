import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixed, parsePolicy } from '../policy/index.js';
import { parseScenario, type ScenarioInput } from './scenario/index.js';
import { SubMetaverseEnvironment } from './environment.js';
import { PolicyStepper, simulate } from './run.js';
import { Simulator } from './simulator.js';
import { SubMetaverseVectorEnvironment } from './vector-environment.js';

/** One scenario for every model that remembers something. */
const SCENARIOS: Record<string, ScenarioInput> = {
  paper: {},
  freshest: { sensors: { discipline: 'freshest' } },
  bursty: {
    ues: {
      arrivals: {
        model: 'bursty',
        calmProbability: 0.2,
        burstProbability: 0.95,
        startBurst: 0.1,
        endBurst: 0.2,
      },
    },
  },
  multicell: {
    cells: [
      { xM: 50, yM: 50 },
      { xM: 150, yM: 150 },
      { xM: 50, yM: 150 },
    ],
    ues: { count: 20, mobility: { model: 'random-waypoint', speedMps: 20 }, scheduler: 'proportional-fair' },
    association: { model: 'strongest', hysteresis: 2 },
    radio: { pathLoss: { model: 'umi-38901' } },
    interCellDelaySteps: 4,
  },
  classes: {
    stepS: 0.2,
    ues: {
      count: 9,
      classes: [
        { lateThresholdSteps: 0, meanLoadUnits: 8 },
        {
          arrivals: {
            model: 'bursty',
            calmProbability: 0.1,
            burstProbability: 0.9,
            startBurst: 0.2,
            endBurst: 0.2,
          },
        },
      ],
      classOf: [1, 1],
    },
    reward: { latePenalty: -3 },
  },
  models: {
    cells: [
      { xM: 60, yM: 100 },
      { xM: 140, yM: 100, gpuGB: 30 },
    ],
    ues: { count: 12, mobility: { model: 'random-waypoint', speedMps: 10 } },
    serving: {
      services: [
        { model: 'GPT3-13B', count: 4 },
        { model: 'CLIP-ViT-L/14', count: 3 },
      ],
      policy: 'VALUE-tuned',
      cloudDelay: { model: 'exponential', meanSteps: 5 },
    },
  },
  'radio that can fail': {
    cells: [
      { xM: 60, yM: 100 },
      { xM: 140, yM: 100 },
    ],
    ues: { count: 8, mobility: { model: 'random-waypoint', speedMps: 15 } },
    radio: {
      rate: { model: 'finite-blocklength', errorProbability: 0.1, packetBits: 1e6 },
      shadowing: { stdDb: 8 },
      interference: 'activity',
    },
    association: { model: 'strongest', handoverDelaySteps: 3 },
  },
  'models, placed anew by a timer': {
    serving: { services: [{ model: 'GPT3-13B', count: 6 }], policy: 'Random' },
  },
  phases: {
    schedule: {
      minSteps: 10,
      maxSteps: 30,
      vary: { 'ues.count': [3, 10], 'sensors.count': [5, 15], 'ues.mobility.speedMps': [1, 9] },
    },
  },
};

describe.each(Object.entries(SCENARIOS))('%s', (_name, input) => {
  const scenario = parseScenario(input);
  const policy = () => parsePolicy('age-aware');

  it('gives the same bytes for the same seed, and others for another', () => {
    const run = (seed: number) =>
      simulate(scenario, policy(), { episodes: 3, seed, recordRequests: true, recordSteps: true });
    expect(run(1)).toEqual(run(1));
    expect(run(1).requests).not.toEqual(run(2).requests);
  });

  it('gives the same bytes in parts as in one piece', () => {
    const whole = simulate(scenario, policy(), { episodes: 4, seed: 9 }).episodes;
    const parts = [0, 1, 3].map(
      (firstEpisode, at) =>
        simulate(scenario, policy(), { firstEpisode, episodes: [1, 2, 1][at], seed: 9 }).episodes,
    );
    for (const [name, column] of Object.entries(whole)) {
      expect(parts.flatMap((part) => [...part[name as 'aosi']])).toEqual([...column]);
    }
  });

  it('goes on from a snapshot, through JSON and in another simulator, as if nothing had happened', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 50 }), (stop, seed) => {
        const action = Array.from({ length: scenario.cells.length }, () => [0.35, 0.4]).flat();
        const first = new Simulator(scenario);
        first.reset(seed, 2);
        for (let step = 0; step < stop; step++) first.advance(action);
        const second = new Simulator(scenario);
        second.restore(JSON.parse(JSON.stringify(first.snapshot())));
        for (let step = stop; step < 100; step++) {
          first.advance(action);
          second.advance(action);
        }
        expect(second.snapshot()).toEqual(first.snapshot());
      }),
      { numRuns: 8, seed: 3 },
    );
  });
});

it('draws the same traffic and the same ways whatever the splits, so that runs can be compared pair by pair', () => {
  const scenario = parseScenario({});
  const created = [fixed(0.2, 0.8), fixed(0.9, 0.1)].map((policy) => {
    const stepper = new PolicyStepper(new Simulator(scenario), policy);
    stepper.reset(4, 7);
    for (let step = 0; step < 100; step++) stepper.step();
    const { metrics, ues } = stepper.simulator;
    return [metrics.total('requestMbitCreated'), metrics.total('updateMbitCreated'), ...ues.field.x];
  });
  expect(created[0]).toEqual(created[1]);
});

it('a device draws the same whether others are there or not', () => {
  const created = [5, 12].map((count) => {
    const { requests } = simulate(
      parseScenario({ ues: { count }, sensors: { meanSizeMbit: 1 }, episodeSteps: 50 }),
      fixed(0.9, 0.5),
      { recordRequests: true },
    );
    return [...requests!.created].filter((_, row) => requests!.device[row] === 3).slice(0, 20);
  });
  expect(created[0]).toEqual(created[1]);
});

describe('environments', () => {
  const scenario = parseScenario({ episodeSteps: 20 });

  it('keep Gymnasium’s contract', () => {
    const environment = new SubMetaverseEnvironment(scenario);
    const { observationSpace, actionSpace } = environment;
    const first = environment.reset({ seed: 3 });
    expect(first.observation).toHaveLength(observationSpace.size);
    let last = environment.step([0.3, 1.5]);
    for (let step = 1; step <= 20; step++) {
      if (step > 1) last = environment.step([0.3, 1.5]);
      expect(last.terminated).toBe(false);
      expect(last.truncated).toBe(step === 20);
      last.observation.forEach((value, at) => {
        expect(value).toBeGreaterThanOrEqual(observationSpace.low[at]);
        expect(value).toBeLessThanOrEqual(observationSpace.high[at]);
      });
    }
    expect(last.info.clippedSplits).toBe(20);
    expect(last.info.splits).toEqual(Float64Array.from([0.3, 1]));
    expect(actionSpace.names).toEqual(['rhoC', 'rhoP']);
    expect(environment.reset({ seed: 3 }).observation).toEqual(first.observation);
    expect(() => environment.step([0.3, NaN])).toThrow(/action.*\n.*\[1\]: NaN/);
    expect(() => environment.step([0.3])).toThrow(/action\.length: 1; expected 2/);
  });

  it('step together as they would one by one, over the end of episodes', () => {
    const vector = new SubMetaverseVectorEnvironment(scenario, {
      numEnvs: 3,
      criticFeatures: ['episode-time'],
    });
    vector.reset(5);
    const singles = [0, 1, 2].map((episode) => {
      const simulator = new Simulator(scenario);
      simulator.reset(5, episode);
      return simulator;
    });
    const actions = new Float64Array(6);
    for (let step = 0; step < 50; step++) {
      for (let at = 0; at < 6; at++) actions[at] = ((step * 7 + at * 3) % 10) / 10;
      vector.step(actions);
      singles.forEach((simulator, at) => {
        simulator.advance(actions.subarray(at * 2, at * 2 + 2));
        expect(vector.rewards[at]).toBe(simulator.rewards[0]);
        const ended = simulator.step === 20;
        expect(vector.truncated[at]).toBe(ended ? 1 : 0);
        if (ended) {
          expect(vector.finalObservations[at * 2]).toBe(simulator.requests.queue.length[0]);
          expect(vector.finalCriticObservations[at]).toBe(1);
          expect(vector.finalMetrics.reward[at]).toBe(simulator.metrics.summary().reward);
          simulator.reset(5, simulator.episode + 3);
        }
        expect(vector.observations[at * 2 + 1]).toBe(simulator.updates.queue.length[0]);
      });
    }
  });

  it('show several cells as rows of their own, or as one', () => {
    const cells = parseScenario({ ...SCENARIOS.multicell, episodeSteps: 10 });
    const rows = new SubMetaverseVectorEnvironment(cells, { numEnvs: 2, rows: 'cells' });
    const joint = new SubMetaverseVectorEnvironment(cells, { numEnvs: 2 });
    expect([rows.numEnvs, rows.observationSpace.size, joint.numEnvs, joint.observationSpace.size]).toEqual([
      6, 2, 2, 6,
    ]);
    const actions = new Float64Array(12).fill(0.4);
    for (let step = 0; step < 10; step++) {
      rows.step(actions);
      joint.step(actions);
      expect(rows.observations).toEqual(joint.observations);
      expect(rows.rewards[0] + rows.rewards[1] + rows.rewards[2]).toBeCloseTo(joint.rewards[0], 9);
    }
    expect(rows.finalMetrics.length[5]).toBe(10);
  });
});
