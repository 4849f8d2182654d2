import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createMarket,
  drawInstance,
  parseInstance,
  planned,
  providerPolicies,
  runtimeS,
  simulate,
  TablePolicy,
  type ProviderInstance,
} from './index.js';
import { replay } from './testing/naive.js';

const provider = { capacity: 1000, minSteps: 0, minQuality: 0, fullSteps: 100, fullQuality: 0.9 };
const crash = { mode: 'lose' as const, cost: 2 };
/** A task of t steps runs for t minutes, exactly. */
const minutesOfSteps = { quadratic: 0, linear: 1, constant: 0 };

const run = (instance: unknown, plan: readonly number[]) =>
  simulate(createMarket(parseInstance(instance)), planned('plan', plan));

describe('the model', () => {
  it('takes run times from the public code’s formula', () => {
    expect(runtimeS(drawInstance({ seed: 1 }).runtime, 100)).toBeCloseTo(60 * (10 + 250 - 14), 9);
  });

  it.each(['lose', 'restart'] as const)(
    'two tasks at 25 and 75 %%, a third that does not fit: −4 (%s)',
    (mode) => {
      const tasks = [
        { atS: 0, steps: 100 },
        { atS: 3000, steps: 100 },
        { atS: 4500, steps: 100 },
      ];
      const outcome = run(
        {
          providers: [{ ...provider, capacity: 250, fullQuality: 0 }],
          tasks,
          runtime: minutesOfSteps,
          crash: { mode, cost: 2 },
        },
        [0, 0, 0],
      );
      expect(outcome.reward).toBe(-4);
      const lost = mode === 'lose' ? 2 : 0;
      expect(outcome).toMatchObject({ crashes: 1, accepted: 2, dropped: 1, lost, finished: 2 - lost });
    },
  );

  it('a task that ends when another arrives has made room', () => {
    const tasks = [
      { atS: 0, steps: 1000 },
      { atS: 60_000, steps: 1000 },
    ];
    expect(run({ providers: [provider], tasks, runtime: minutesOfSteps, crash }, [0, 0])).toMatchObject({
      crashes: 0,
      finished: 2,
      reward: 1.8,
    });
  });

  it('a crash can pay: 15.8 by crashing, 9 without, where values are paid at acceptance; not at completion', () => {
    const { runtime } = drawInstance({ seed: 1 });
    const end = runtimeS(runtime, 100);
    const tasks = Array.from({ length: 21 }, (_, k) => ({
      atS: k < 10 ? 0 : k === 10 ? 0.99 * end : 0.99 * end + 1,
      steps: 100,
    }));
    const instance = { providers: [provider], tasks, runtime, crash };
    const all = tasks.map(() => 0);
    const careful = tasks.map((_, k) => (k < 10 ? 0 : -1));
    expect(run(instance, all).reward).toBeCloseTo(15.8, 12);
    expect(run(instance, careful).reward).toBeCloseTo(9, 12);
    expect(run({ ...instance, reward: 'completion' }, all).reward).toBeCloseTo(9 - 2.2, 12);
  });

  it('turns tasks by their arrival, equal times as they came', () => {
    const { tasks } = parseInstance({
      providers: [provider],
      tasks: [
        { atS: 5, steps: 100 },
        { atS: 1, steps: 110 },
        { atS: 5, steps: 120 },
      ],
      runtime: minutesOfSteps,
      crash,
    });
    expect(tasks.map(({ steps }) => steps)).toEqual([110, 100, 120]);
  });
});

describe('any policy on any stream', () => {
  it('agrees with a replay of its choices, and keeps the books', () => {
    const small = fc.record({
      seed: fc.nat(),
      providers: fc.integer({ min: 1, max: 8 }),
      tasks: fc.integer({ min: 1, max: 120 }),
      hours: fc.constantFrom(4, 12, 30),
      load: fc.constantFrom(1, 2, 4),
      capacities: fc.constantFrom('paper' as const, 'code' as const),
      crash: fc.record({
        mode: fc.constantFrom('lose' as const, 'restart' as const),
        cost: fc.constantFrom(0, 2, 3.5),
      }),
      reward: fc.constantFrom('acceptance' as const, 'completion' as const),
    });
    fc.assert(
      fc.property(small, fc.constantFrom(...providerPolicies.names()), (options, name) => {
        const instance = drawInstance(options);
        const market = createMarket(instance);
        let paid = 0;
        let used = 0;
        const steps = (task: number) => instance.tasks[task].steps;
        const outcome = simulate(market, providerPolicies.get(name)(), {
          seed: options.seed,
          onEvent: (event, _timeS, task, _provider, reward) => {
            paid += reward;
            if (event === 'accepted') used += steps(task);
            if (event === 'finished' || event === 'lost') used -= steps(task);
            expect(used).toBeGreaterThanOrEqual(0);
          },
        });
        const choices = outcome.assignments.map((choice) => choice ?? -1);
        const again = replay(instance, choices);
        for (const key of ['accepted', 'dropped', 'lost', 'finished', 'crashes'] as const)
          expect(outcome[key]).toBe(again[key]);
        for (const key of ['reward', 'completedValue'] as const)
          expect(Math.abs(outcome[key] - again[key])).toBeLessThan(1e-9);
        expect(Math.abs(paid - outcome.reward)).toBeLessThan(1e-9);
        expect(used).toBe(0);
        expect(outcome.accepted + outcome.dropped).toBe(instance.tasks.length);
        expect(outcome.finished + outcome.lost).toBe(outcome.accepted);
        expect(outcome.utilisation).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the issue’s table', () => {
  const worlds = 20;
  /** Mean ± sd of 20 worlds by an independent program. */
  const table = {
    paper: {
      random: [279.7, 60],
      'round-robin': [391.3, 38],
      'crash-avoid': [401.1, 59],
      prophet: [640.8, 54],
    },
    code: {
      random: [-67.7, 80],
      'round-robin': [274.6, 60],
      'crash-avoid': [402.8, 52],
      prophet: [581.4, 56],
    },
  };
  const instances = (capacities: 'paper' | 'code'): ProviderInstance[] =>
    Array.from({ length: worlds }, (_, seed) => drawInstance({ seed: seed + 1, capacities }));

  it.each(['paper', 'code'] as const)(
    'four fixed policies within three standard errors of both means (%s)',
    (capacities) => {
      const drawn = instances(capacities).map(createMarket);
      for (const [name, [mean, sd]] of Object.entries(table[capacities])) {
        const outcomes = drawn.map((market, seed) =>
          simulate(market, providerPolicies.get(name)(), { seed }),
        );
        const ours = outcomes.reduce((sum, { reward }) => sum + reward, 0) / worlds;
        const error = sd * Math.sqrt(2 / worlds);
        expect(Math.abs(ours - mean), `${name}: ${ours}`).toBeLessThan(3 * error);
        if (name === 'crash-avoid' || name === 'prophet')
          for (const { crashes } of outcomes) expect(crashes).toBe(0);
      }
    },
  );

  it('the order random < round-robin < crash-avoid < prophet holds in nearly every world with the code’s capacities', () => {
    const ordered = instances('code').filter((instance) => {
      const market = createMarket(instance);
      const rewards = ['random', 'round-robin', 'crash-avoid', 'prophet'].map(
        (name) => simulate(market, providerPolicies.get(name)()).reward,
      );
      return rewards.every((reward, k) => k === 0 || reward > rewards[k - 1]);
    });
    expect(ordered.length).toBeGreaterThanOrEqual(18);
  });

  it('a table that has seen four streams equals the prophet within 2 %', () => {
    const ratios = Array.from({ length: 6 }, (_, seed) => {
      const policy = new TablePolicy();
      for (const stream of [1, 2, 3, 4]) simulate(createMarket(drawInstance({ seed, stream })), policy);
      const market = createMarket(drawInstance({ seed }));
      return simulate(market, policy).reward / simulate(market, providerPolicies.get('prophet')()).reward;
    });
    for (const ratio of ratios) expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
  });
});

describe('bad input', () => {
  const good = { providers: [provider], tasks: [{ atS: 0, steps: 100 }], runtime: minutesOfSteps, crash };
  it.each([
    [{ ...good, providers: [] }, /providers/],
    [{ ...good, tasks: [] }, /tasks/],
    [{ ...good, tasks: [{ atS: -1, steps: 100 }] }, /tasks\[0\]\.atS/],
    [{ ...good, tasks: [{ atS: Infinity, steps: 100 }] }, /tasks\[0\]\.atS/],
    [
      {
        ...good,
        tasks: [
          { atS: 0, steps: 100 },
          { atS: 0, steps: NaN },
        ],
      },
      /tasks\[1\]\.steps/,
    ],
    [{ ...good, runtime: { ...minutesOfSteps, constant: -100 } }, /tasks\[0\]\.steps.*run time of 0 s/],
    [{ ...good, providers: [provider, { ...provider, capacity: 0 }] }, /providers\[1\]\.capacity/],
    [{ ...good, providers: [{ ...provider, minSteps: 100 }] }, /providers\[0\]\.fullSteps/],
    [{ ...good, crash: { mode: 'explode', cost: 2 } }, /crash\.mode/],
    [{ ...good, colour: 'red' }, /colour/],
  ])('names the provider or task: %#', (instance, message) => {
    expect(() => parseInstance(instance)).toThrow(message);
  });
});
