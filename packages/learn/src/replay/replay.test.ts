import { RandomStream } from '@metalore/core/random';
import { describe, expect, it } from 'vitest';
import { Replay, replayBatch } from './replay.js';

const SIZES = { observationSize: 1, actionSize: 1 };

/** One environment whose observation is the number of the step. */
function fill(replay: Replay, rewards: number[], ends: Record<number, 'terminated' | 'truncated'>, from = 0) {
  for (let t = from; t < rewards.length; t++) {
    replay.begin(0, Float32Array.of(t), Float32Array.of(10 * t));
    const next = Float32Array.of(t + 1);
    replay.finish(0, rewards[t], next, ends[t] === 'terminated', ends[t] === 'truncated');
  }
}

/** Observation, action, return, discount and next observation of all transitions. */
const rows = (replay: Replay) => {
  const { transitions, size } = replay.snapshot();
  return Array.from({ length: size }, (_, i) => {
    const [observation, action, next, sum, discount] = transitions.slice(5 * i, 5 * i + 5);
    return [observation, action, sum, discount, next];
  });
};

describe('replay', () => {
  it('has the n-step returns of a hand table, with a termination and a truncation inside', () => {
    const replay = new Replay({ ...SIZES, capacity: 20, numEnvs: 1, nSteps: 3, gamma: 0.5 });
    // Steps 0-3 end by termination, 4-5 by truncation, 6-8 go on: with γ = 1/2, by hand.
    fill(replay, [8, 4, 2, 16, 1, 2, 4, 8, 16], { 3: 'terminated', 5: 'truncated' });
    expect(rows(replay)).toEqual([
      [0, 0, 8 + 2 + 0.5, 0.125, 3],
      [1, 10, 4 + 1 + 4, 0, 4],
      [2, 20, 2 + 8, 0, 4],
      [3, 30, 16, 0, 4],
      [4, 40, 1 + 1, 0.25, 6],
      [5, 50, 2, 0.5, 6],
      [6, 60, 4 + 4 + 4, 0.125, 9],
    ]);
  });

  it('keeps the last transitions of a ring', () => {
    const replay = new Replay({ ...SIZES, capacity: 3, numEnvs: 1, nSteps: 1, gamma: 0.9 });
    fill(replay, [1, 2, 3, 4, 5], {});
    expect(replay.size).toBe(3);
    expect(rows(replay).map((row) => row[2])).toEqual([4, 5, 3]);
  });

  it('keeps environments apart', () => {
    const replay = new Replay({ ...SIZES, capacity: 9, numEnvs: 2, nSteps: 2, gamma: 1 });
    for (let t = 0; t < 2; t++) {
      const observations = Float32Array.of(t, 100 + t);
      for (let env = 0; env < 2; env++) replay.begin(env, observations, observations);
      const next = Float32Array.of(t + 1, 101 + t);
      for (let env = 0; env < 2; env++) replay.finish(env, env === 0 ? 1 : 50, next, false, false);
    }
    expect(rows(replay)).toEqual([
      [0, 0, 2, 1, 2],
      [100, 100, 100, 1, 102],
    ]);
  });

  it('draws every transition equally often', () => {
    const replay = new Replay({ ...SIZES, capacity: 10, numEnvs: 1, nSteps: 1, gamma: 0.9 });
    fill(replay, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], {});
    const batch = replayBatch(20_000, 1, 1);
    replay.sample(20_000, new RandomStream(1, 'replay test'), batch);
    const counts = new Float64Array(10);
    for (let row = 0; row < 20_000; row++) {
      const t = batch.returns[row];
      counts[t]++;
      expect([batch.observations[row], batch.actions[row], batch.nextObservations[row]]).toEqual([
        t,
        10 * t,
        t + 1,
      ]);
    }
    // χ² with 9 degrees of freedom: 27.9 has probability 0.001.
    const chi2 = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(chi2).toBeLessThan(27.9);
  });

  it('goes on from a snapshot as if nothing had happened, pending steps included', () => {
    const options = { ...SIZES, capacity: 5, numEnvs: 1, nSteps: 3, gamma: 0.7 };
    const rewards = [3, 1, 4, 1, 5, 9, 2, 6, 5];
    const whole = new Replay(options);
    fill(whole, rewards, { 5: 'truncated' });
    const before = new Replay(options);
    fill(before, rewards.slice(0, 5), {});
    const after = new Replay(options);
    after.restore(JSON.parse(JSON.stringify(before.snapshot())));
    fill(after, rewards, { 5: 'truncated' }, 5);
    expect(after.snapshot()).toEqual(whole.snapshot());
  });

  it('says what it accepts', () => {
    expect(() => new Replay({ ...SIZES, capacity: 0, numEnvs: 1, nSteps: 0.5, gamma: 1 })).toThrow(
      /capacity[\s\S]*nSteps/,
    );
  });
});
