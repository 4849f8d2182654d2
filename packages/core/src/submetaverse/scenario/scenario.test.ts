import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../errors/index.js';
import { Phases } from './phases.js';
import { changeScenario, parseScenario, scenarioJsonSchema, scenarioProblems } from './scenario.js';

describe('scenarios', () => {
  it('default to the paper', () => {
    const { episodeSteps, cells, ues, sensors, reward } = parseScenario({});
    expect({ episodeSteps, K: ues.count, N: sensors.count, eta: reward.eta }).toEqual({
      episodeSteps: 100,
      K: 10,
      N: 15,
      eta: 0.9,
    });
    expect(cells).toEqual([
      {
        xM: 100,
        yM: 100,
        heightM: 40,
        frequencyHz: 3.5e9,
        bandwidthHz: 1e8,
        txPowerDbm: 40,
        computeUnits: 100,
      },
    ]);
  });

  it('report all problems at once, with paths, values and what is accepted', () => {
    const input = {
      color: 'red',
      cells: [{ xM: 100, yM: 100, bandwidthHz: -5 }],
      ues: { count: 2.5, arrivals: { model: 'bernouli' } },
      reward: { eta: 2 },
    };
    const problems = scenarioProblems(input);
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'cells[0].bandwidthHz',
      'color',
      'reward.eta',
      'ues.arrivals.model',
      'ues.count',
    ]);
    expect(problems.find(({ path }) => path === 'cells[0].bandwidthHz')!.message).toContain('-5');
    expect(problems.find(({ path }) => path === 'ues.arrivals.model')!.message).toContain('"bernoulli"');
    expect(problems.find(({ path }) => path === 'color')!.message).toContain('accepted: name');
    expect(() => parseScenario(input, 'scenario x.yaml')).toThrow(InvalidInputError);
    expect(() => parseScenario(input, 'scenario x.yaml')).toThrow(/scenario x.yaml: 5 problems/);
  });

  it('check what fits together: places inside the area, phases in order and valid', () => {
    const paths = (input: unknown) => scenarioProblems(input).map(({ path }) => path);
    expect(paths({ cells: [{ xM: 300, yM: 0 }] })).toEqual(['cells[0].xM']);
    expect(
      paths({ sensors: { count: 2, mobility: { model: 'static', positions: [{ xM: 1, yM: -1 }] } } }),
    ).toEqual(['sensors.mobility.positions', 'sensors.mobility.positions[0].yM']);
    expect(
      paths({
        schedule: [
          { fromStep: 5, set: { 'ues.cont': 3, area: {} } },
          { fromStep: 5, set: {} },
        ],
      }),
    ).toEqual(['schedule[1].fromStep', 'schedule[0].set["ues.cont"]', 'schedule[0].set["area"]']);
    expect(paths({ schedule: { minSteps: 9, maxSteps: 3, vary: { 'ues.count': [1] } } })).toEqual([
      'schedule.minSteps',
    ]);
    const at = { xM: 1, yM: 1 };
    const still = (model: string, positions: object[], count: number) =>
      paths({ sensors: { count, mobility: { model, positions } } });
    expect(still('static', [at, at], 2)).toEqual([]);
    expect(still('static', [at, at, at], 2)).toEqual([]);
    expect(still('static', [at, at], 3)).toEqual(['sensors.mobility.positions']);
    expect(paths({ schedule: { minSteps: 3, maxSteps: 3, vary: { 'ues.count': [1] } } })).toEqual([]);
    expect(paths(null)).toEqual([]);
    expect(paths([])).not.toEqual([]);
    expect(paths(JSON.parse('{"__proto__": {"x": 1}}'))).not.toEqual([]);
  });

  it('are valid input again once resolved, and frozen', () => {
    const scenario = parseScenario({
      ues: { count: 3 },
      schedule: [{ fromStep: 2, set: { 'ues.count': 4 } }],
    });
    expect(parseScenario(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
    expect(() => ((scenario.ues as { count: number }).count = 5)).toThrow();
  });

  it('change by dotted path, and say when the path is wrong', () => {
    expect(changeScenario(parseScenario({}), { 'cells[0].computeUnits': 50 }).cells[0].computeUnits).toBe(50);
    expect(() => changeScenario(parseScenario({}), { 'cells[0].compute': 50 })).toThrow(
      /cells\[0\]\.compute.*accepted/,
    );
  });

  it('have a JSON Schema with descriptions and defaults', () => {
    const schema = scenarioJsonSchema() as {
      properties: Record<string, { properties?: Record<string, object> }>;
    };
    expect(schema.properties.ues.properties!.count).toMatchObject({ default: 10, description: 'K' });
  });
});

describe('phases', () => {
  it('add up when listed', () => {
    const phases = new Phases(
      parseScenario({
        schedule: [
          { fromStep: 10, set: { 'ues.count': 4 } },
          { fromStep: 20, set: { 'sensors.count': 40 } },
        ],
      }),
    );
    expect(
      phases
        .ofEpisode(1, 0)
        .map(({ fromStep, scenario }) => [fromStep, scenario.ues.count, scenario.sensors.count]),
    ).toEqual([
      [0, 10, 15],
      [10, 4, 15],
      [20, 4, 40],
    ]);
    expect([phases.capacity('ues'), phases.capacity('sensors')]).toEqual([10, 40]);
  });

  it('are drawn anew in each episode, within their bounds, the same for the same seed', () => {
    const phases = new Phases(
      parseScenario({
        episodeSteps: 500,
        schedule: { minSteps: 50, maxSteps: 80, vary: { 'ues.count': [2, 30] } },
      }),
    );
    const of = (seed: number, episode: number) =>
      phases.ofEpisode(seed, episode).map(({ fromStep, scenario }) => [fromStep, scenario.ues.count]);
    expect(of(1, 2)).toEqual(of(1, 2));
    expect(of(1, 2)).not.toEqual(of(1, 3));
    for (let episode = 0; episode < 20; episode++) {
      const starts = of(4, episode).map(([fromStep]) => fromStep);
      starts.slice(1).forEach((start, at) => {
        expect(start - starts[at]).toBeGreaterThanOrEqual(50);
        expect(start - starts[at]).toBeLessThanOrEqual(80);
      });
    }
    expect(phases.capacity('ues')).toBe(30);
  });

  it('last every number of steps that the schedule allows', () => {
    const phases = new Phases(
      parseScenario({
        episodeSteps: 400,
        schedule: { minSteps: 7, maxSteps: 9, vary: { 'ues.count': [2, 3] } },
      }),
    );
    const starts = phases.ofEpisode(1, 0).map(({ fromStep }) => fromStep);
    expect(new Set(starts.slice(1).map((start, at) => start - starts[at]))).toEqual(new Set([7, 8, 9]));
    expect(starts.at(-1)).toBeLessThan(400);
  });
});
