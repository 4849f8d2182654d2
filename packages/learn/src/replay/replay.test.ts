import { RandomStream } from '@metalore/core/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Replay, replayBatch } from './replay.js';
import { SumTree } from './sum-tree.js';

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

describe('sum tree', () => {
  it('finds what a walk over all weights finds, after any changes', () => {
    const change = fc.tuple(
      fc.nat(12),
      fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 10, noNaN: true })),
    );
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (changes, u) => {
          const tree = new SumTree(13);
          const weights = new Array<number>(13).fill(0);
          for (const [index, weight] of changes) tree.set(index, (weights[index] = weight));
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          expect(Math.abs(tree.total - total)).toBeLessThanOrEqual(1e-12 * total);
          if (total === 0) return;
          const found = tree.find(u * tree.total);
          expect(weights[found]).toBeGreaterThan(0);
          const before = weights.slice(0, found).reduce((sum, weight) => sum + weight, 0);
          expect(u * total).toBeGreaterThanOrEqual(before - 1e-12 * total);
          expect(u * total).toBeLessThanOrEqual(before + weights[found] + 1e-12 * total);
        },
      ),
    );
  });
});

describe('replay by priority', () => {
  const options = { ...SIZES, capacity: 10, numEnvs: 1, nSteps: 1, gamma: 0.9, priorityExponent: 0.5 };
  const errors = [0, 1, 4, 9, 16, 25, 36, 49, 64, 81];

  function prioritised() {
    const replay = new Replay(options);
    fill(replay, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], {});
    const batch = replayBatch(10, 1, 1);
    batch.places.set([...errors.keys()]);
    batch.errors.set(errors);
    replay.reprioritise(10, batch);
    return replay;
  }

  it('draws in proportion to |error|^α, and weighs with (N P)^−β over the largest', () => {
    const replay = prioritised();
    const count = 50_000;
    const batch = replayBatch(count, 1, 1);
    replay.sample(count, new RandomStream(1, 'priority test'), batch, 0.7);
    const shares = errors.map((error) => Math.sqrt(error + 1e-6));
    const total = shares.reduce((sum, share) => sum + share, 0);
    const counts = new Float64Array(10);
    for (const place of batch.places) counts[place]++;
    const chi2 = shares.reduce((sum, share, i) => {
      const expected = (count * share) / total;
      return sum + (counts[i] - expected) ** 2 / expected;
    }, 0);
    expect(chi2).toBeLessThan(27.9);
    const largest = Math.max(...[...batch.places].map((i) => (10 * shares[i]) / total).map((x) => x ** -0.7));
    for (let row = 0; row < 500; row++) {
      expect(batch.weights[row]).toBeCloseTo(((10 * shares[batch.places[row]]) / total) ** -0.7 / largest, 5);
      expect(batch.returns[row]).toBe(batch.places[row]);
    }
  });

  it('gives what is new the largest priority yet', () => {
    const replay = prioritised();
    fill(replay, [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 7], {}, 10);
    const { weights, largest } = replay.snapshot().priorities!;
    expect(weights[0]).toBe(largest);
    expect(largest).toBeCloseTo(9, 6);
  });

  it('goes on from a snapshot to the same draws', () => {
    const replay = prioritised();
    const copy = new Replay(options);
    copy.restore(JSON.parse(JSON.stringify(replay.snapshot())));
    const draws = (from: Replay) => {
      const batch = replayBatch(100, 1, 1);
      from.sample(100, new RandomStream(2, 'priority test'), batch, 1);
      return [...batch.places, ...batch.weights];
    };
    expect(draws(copy)).toEqual(draws(replay));
  });

  it('refuses an exponent below 0', () => {
    expect(() => new Replay({ ...options, priorityExponent: -1 })).toThrow(
      /priorityExponent: -1.*at least 0/,
    );
  });
});
