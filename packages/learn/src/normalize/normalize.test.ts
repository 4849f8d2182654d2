import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Encoder } from './encoder.js';
import { RewardScaler } from './reward-scaler.js';
import { RunningMoments } from './running-moments.js';

describe('running moments', () => {
  it('are those of all rows together, however they are split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2 }),
        fc.nat(),
        (all, cut) => {
          const moments = new RunningMoments(1);
          const middle = 1 + (cut % (all.length - 1));
          moments.update(Float64Array.from(all.slice(0, middle)), middle);
          moments.update(Float64Array.from(all.slice(middle)), all.length - middle);
          const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
          const variance = all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length;
          // The prior weighs 1e-4 observations.
          expect(Math.abs(moments.mean[0] - mean)).toBeLessThan(0.006);
          expect(Math.abs(moments.variance[0] - variance)).toBeLessThan(0.6);
        },
      ),
    );
  });
});

describe('encoder', () => {
  it('learns, encodes and clips', () => {
    const encoder = new Encoder(2, 2, 'linear', true);
    encoder.learn(Float64Array.from([0, 10, 2, 30]));
    const row = new Float32Array(3);
    encoder.encode(Float64Array.from([2, -1e9]), 0, row, 1);
    expect(row[1]).toBeCloseTo(1, 3);
    expect(row[2]).toBe(-10);
    expect(encoder.encoding().moments!.mean[1]).toBeCloseTo(20, 2);
  });

  it('scales by logarithms, odd around zero', () => {
    const encoder = new Encoder(2, 1, 'log', false);
    const row = new Float32Array(2);
    encoder.encode(Float64Array.from([Math.E - 1, 1 - Math.E]), 0, row, 0);
    expect([...row]).toEqual([1, -1]);
  });
});

describe('reward scaler', () => {
  it('divides by the deviation of the discounted return and forgets it at the end of an episode', () => {
    const scaler = new RewardScaler(2, 0.5, true);
    const out = new Float64Array(4);
    const ends = Uint8Array.from([0, 0, 1, 1]);
    scaler.step(Float64Array.from([1, 3]), ends, out, 0);
    expect(out[0]).toBeCloseTo(1, 3);
    scaler.step(Float64Array.from([1, 3]), ends, out, 2);
    // Returns 1, 3, then 1.5, 4.5: variance 1.875
    expect(out[3]).toBeCloseTo(3 / Math.sqrt(1.875), 2);
    expect(scaler.snapshot().returns).toEqual([0, 0]);
  });
});
