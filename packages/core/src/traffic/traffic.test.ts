import { describe, expect, it } from 'vitest';
import { seedStream } from '../random/index.js';
import { bernoulli, bursty, periodic, poisson, type Arrivals } from './arrivals.js';
import { JobBatch, RandomTraffic, TraceTraffic } from './source.js';

const STEPS = 100_000;

function counts(arrivals: Arrivals): number[] {
  const streams = new Int32Array(4);
  seedStream(streams, 0, 3, 99);
  arrivals.reset?.(1);
  return Array.from({ length: STEPS }, (_, step) => arrivals.count(0, step, streams));
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('arrivals', () => {
  it('Bernoulli and Poisson have their means', () => {
    expect(Math.abs(mean(counts(bernoulli({ probability: 0.7 }))) - 0.7)).toBeLessThan(
      5 * Math.sqrt(0.21 / STEPS),
    );
    expect(Math.abs(mean(counts(poisson({ meanPerStep: 2.5 }))) - 2.5)).toBeLessThan(
      5 * Math.sqrt(2.5 / STEPS),
    );
    expect(mean(counts(bernoulli({ probability: 1 })))).toBe(1);
    expect(mean(counts(bernoulli({ probability: 0 })))).toBe(0);
  });

  it('periodic ones come when (t − offset) mod T = 0', () => {
    expect(counts(periodic({ intervalSteps: 3, offsetSteps: 1 })).slice(0, 8)).toEqual([
      0, 1, 0, 0, 1, 0, 0, 1,
    ]);
    expect(counts(periodic()).slice(0, 3)).toEqual([1, 1, 1]);
  });

  it('bursty ones have the stationary mean of their chain, and are correlated in time', () => {
    const options = { calmProbability: 0.1, burstProbability: 0.9, startBurst: 0.02, endBurst: 0.05 };
    const values = counts(bursty(options));
    const burst = 0.02 / 0.07;
    expect(Math.abs(mean(values) - (0.1 * (1 - burst) + 0.9 * burst))).toBeLessThan(0.02);
    const m = mean(values);
    const covariance = mean(values.slice(1).map((value, at) => (value - m) * (values[at] - m)));
    // Covariance of the modulating chain at lag 1: (0.9 − 0.1)² π (1 − π) (1 − a − b).
    expect(Math.abs(covariance - 0.64 * burst * (1 - burst) * 0.93)).toBeLessThan(0.02);
  });
});

describe('traffic', () => {
  it('counts a drawn size or load of 0 as 1', () => {
    const streams = new Int32Array(4);
    seedStream(streams, 0, 1, 1);
    const batch = new JobBatch();
    const traffic = new RandomTraffic(periodic(), 0.01, 0.01);
    for (let step = 0; step < 100; step++) traffic.generate(step, 1, streams, batch);
    expect(batch.count).toBe(100);
    expect(Math.min(...batch.sizeMbit.subarray(0, 100), ...batch.loadUnits.subarray(0, 100))).toBe(1);
  });

  it('plays a trace in the order of its rows, and drops what was due while a device was away', () => {
    const trace = new TraceTraffic(
      {
        step: [2, 0, 2, 1, 3],
        device: [1, 0, 1, 1, 0],
        sizeMbit: [5, 1, 4, 9, 7],
        loadUnits: [1, 1, 2, 1, 3],
      },
      2,
    );
    const streams = new Int32Array(8);
    const of = (step: number, active: number) => {
      const batch = new JobBatch();
      trace.generate(step, active, streams, batch);
      return Array.from({ length: batch.count }, (_, at) => [
        batch.device[at],
        batch.sizeMbit[at],
        batch.loadUnits[at],
      ]);
    };
    expect(of(0, 1)).toEqual([[0, 1, 1]]);
    expect(of(1, 1)).toEqual([]);
    expect(of(2, 2)).toEqual([
      [1, 5, 1],
      [1, 4, 2],
    ]);
    expect(of(3, 2)).toEqual([[0, 7, 3]]);
    trace.reset();
    expect(of(1, 2)).toEqual([[1, 9, 1]]);
  });
});
