import { RandomStream } from '../random/index.js';
import { describe, expect, it } from 'vitest';
import { drawInstance, parseDrawn } from './draw.js';
import { ProviderEnvironment } from './environment.js';
import { createMarket } from './market.js';
import { planned, prophet } from './policies/index.js';
import { simulate } from './simulate.js';

const world = (options = {}) => parseDrawn({ seed: 3, providers: 6, tasks: 120, hours: 20, ...options });

/** Plays one episode per environment with random actions, or with those of a rule. */
function play(environment: ProviderEnvironment, choose: (env: number) => number) {
  const sums = new Float64Array(environment.numEnvs);
  const actions = new Float64Array(environment.numEnvs);
  const taken: number[][] = Array.from(sums, () => []);
  const ended = new Uint8Array(environment.numEnvs);
  const metrics: Record<string, number>[] = [];
  while (ended.includes(0)) {
    for (let env = 0; env < actions.length; env++) actions[env] = choose(env);
    environment.step(actions);
    for (let env = 0; env < actions.length; env++) {
      if (ended[env] === 1) continue;
      taken[env].push(actions[env]);
      sums[env] += environment.rewards[env];
      if (environment.terminated[env] === 0) continue;
      ended[env] = 1;
      metrics[env] = Object.fromEntries(
        Object.entries(environment.finalMetrics).map(([name, values]) => [name, values[env]]),
      );
    }
  }
  return { sums, taken, metrics };
}

describe('ProviderEnvironment', () => {
  it.each([
    ['acceptance', 'lose'],
    ['completion', 'restart'],
  ] as const)(
    'pays by %s, with crashes that %s, what a simulation of the same decisions does',
    (reward, mode) => {
      const drawn = world({ reward, crash: { mode, cost: 2 } });
      const environment = new ProviderEnvironment(drawn, { numEnvs: 3 });
      environment.reset(8, 5);
      const stream = new RandomStream(1, 'environment test');
      const { sums, taken, metrics } = play(environment, () => stream.integer(6));
      for (let env = 0; env < 3; env++) {
        const own = drawInstance({ ...drawn, seed: 3 });
        const { tasks } = drawInstance({ ...drawn, seed: 8, stream: 5 + env });
        const outcome = simulate(createMarket({ ...own, tasks }), planned('random', taken[env]));
        expect(sums[env]).toBeCloseTo(outcome.reward, 9);
        expect(metrics[env]['reward']).toBeCloseTo(outcome.reward, 9);
        const { accepted, dropped, lost, finished, crashes } = outcome;
        expect(metrics[env]).toMatchObject({ length: 120, accepted, dropped, lost, finished, crashes });
        expect(crashes).toBeGreaterThan(0);
      }
    },
  );

  it('observes capacities, free shares and the task, within the bounds of its space', () => {
    const environment = new ProviderEnvironment(world(), { numEnvs: 1 });
    environment.reset(1);
    const { providers, observations, observationSpace } = environment;
    expect(observationSpace.size).toBe(14);
    expect(observationSpace.names).toHaveLength(14);
    const largest = Math.max(...providers.map(({ capacity }) => capacity));
    providers.forEach(({ capacity }, j) => {
      expect(observations[2 * j]).toBeCloseTo(capacity / largest, 12);
      expect(observations[2 * j + 1]).toBe(1);
    });
    const steps = 250 * observations[12];
    const minutes = (t: number) => 0.001 * t * t + 2.5 * t - 14;
    expect(observations[13]).toBeCloseTo(minutes(steps) / minutes(250), 12);
    environment.step(Float64Array.of(2));
    expect(observations[5]).toBeCloseTo(1 - steps / providers[2].capacity, 12);
    expect(new ProviderEnvironment(parseDrawn({ seed: 1 }), { numEnvs: 1 }).observationSpace.size).toBe(42);
  });

  it('masks what has no room, and nothing where nothing has', () => {
    const environment = new ProviderEnvironment(world({ load: 30 }), { numEnvs: 1, mask: true });
    environment.reset(2);
    const masks = environment.actionMasks!;
    const stream = new RandomStream(1, 'mask test');
    let full = 0;
    play(environment, () => {
      const steps = 250 * environment.observations[12];
      const room = environment.providers.map(
        ({ capacity }, j) => environment.observations[2 * j + 1] * capacity >= steps - 1e-6,
      );
      const none = room.every((has) => !has);
      if (none) full++;
      expect([...masks]).toEqual(room.map((has) => (has || none ? 1 : 0)));
      const allowed = room.flatMap((has, j) => (has || none ? [j] : []));
      return allowed[stream.integer(allowed.length)];
    });
    expect(full).toBeGreaterThan(0);
  });

  it('goes on from a snapshot to the same numbers', () => {
    const whole = new ProviderEnvironment(world(), { numEnvs: 2 });
    whole.reset(4);
    const stream = new RandomStream(1, 'snapshot test');
    const run = (environment: ProviderEnvironment, actions: Float64Array[]) =>
      actions.flatMap((action) => {
        environment.step(action);
        return [...environment.rewards, ...environment.observations];
      });
    const steps = Array.from({ length: 200 }, () => Float64Array.of(stream.integer(6), stream.integer(6)));
    run(whole, steps.slice(0, 130));
    const snapshot = JSON.parse(JSON.stringify(whole.snapshot())) as unknown;
    const other = new ProviderEnvironment(world(), { numEnvs: 2 });
    other.restore(snapshot);
    expect([...other.observations]).toEqual([...whole.observations]);
    expect(run(other, steps.slice(130))).toEqual(run(whole, steps.slice(130)));
  });

  it('refuses what it cannot take', () => {
    for (const numEnvs of [0, 1.5, NaN]) {
      expect(() => new ProviderEnvironment(world(), { numEnvs })).toThrow('numEnvs');
    }
    const environment = new ProviderEnvironment(world(), { numEnvs: 2 });
    for (const seed of [NaN, -1, 0.5]) expect(() => environment.reset(seed)).toThrow('seed');
    expect(() => environment.step(Float64Array.of(1))).toThrow('actions.length');
    for (const action of [6, -1, 0.5, NaN]) {
      expect(() => environment.step(Float64Array.of(0, action))).toThrow('actions[1]');
    }
  });

  it('leaves a prophet his reward', () => {
    const drawn = world();
    const instance = drawInstance(drawn);
    const outcome = simulate(createMarket(instance), prophet());
    const environment = new ProviderEnvironment(drawn, { numEnvs: 1 });
    environment.reset(3);
    const decisions = outcome.assignments;
    let at = 0;
    const { sums } = play(environment, () => decisions[at++]!);
    expect(sums[0]).toBeCloseTo(outcome.reward, 9);
  });
});
