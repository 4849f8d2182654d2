import { describe, expect, it } from 'vitest';
import { TwoQueues } from '../testing/two-queues.js';
import { evaluatePolicy, meanOf, rollEpisodes } from '../training/evaluate.js';
import { Cem } from './cem.js';

describe('Cem', () => {
  it('comes near the optimal rule of two queues', () => {
    const test = new TwoQueues(100);
    const rule = (observations: Float64Array, actions: Float64Array) => {
      for (let env = 0; env < 100; env++) actions[env] = Math.min(1, observations[2 * env]);
    };
    const optimum = meanOf(rollEpisodes(test, rule, 99, 200)['reward']);
    const cem = new Cem(new TwoQueues(20), { totalTimesteps: 800_000 }, 1);
    while (cem.timesteps < cem.totalTimesteps) cem.iterate();
    const learned = meanOf(evaluatePolicy(cem.policy(), test, 99, 200)['reward']);
    expect(learned).toBeGreaterThan(1.4 * optimum);
    expect(learned).toBeLessThan(optimum);
  });

  it('resumed from a checkpoint goes on to the same bytes', () => {
    const options = { totalTimesteps: 100_000, population: 6, elite: 3, episodes: 2 };
    const whole = new Cem(new TwoQueues(2), options, 3);
    for (let i = 0; i < 4; i++) whole.iterate();
    const first = new Cem(new TwoQueues(2), options, 3);
    first.iterate();
    const second = new Cem(new TwoQueues(2), options, 3);
    second.restore(JSON.parse(JSON.stringify(first.snapshot())));
    for (let i = 0; i < 3; i++) second.iterate();
    expect(JSON.stringify(second.policy())).toBe(JSON.stringify(whole.policy()));
  });
});
