import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decay } from './decay.js';

describe('Decay', () => {
  it('is λ^age', () => {
    const decay = new Decay(0.95);
    for (const age of [0, 0.1, 1, 2.5, 17, 300.25]) {
      expect(decay.factor(age) / Math.pow(0.95, age)).toBeCloseTo(1, 13);
    }
  });

  it('orders by value·λ^(−time), however late', () => {
    const decay = new Decay(0.9);
    const pair = fc.tuple(
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      fc.double({ min: 0, max: 200, noNaN: true }),
    );
    fc.assert(
      fc.property(pair, pair, fc.constantFrom(0, 1e4, 1e6), ([a, s], [b, t], later) => {
        const direct = Math.log(a) - Math.log(b) - (s - t) * Math.log(0.9);
        if (Math.abs(direct) < 1e-6) return;
        const difference = decay.key(a, s + later) - decay.key(b, t + later);
        expect(Math.sign(difference)).toBe(Math.sign(direct));
      }),
    );
  });

  it('keeps exact ties exact when λ is a power of two', () => {
    const decay = new Decay(0.5);
    expect(decay.factor(3)).toBe(0.125);
    expect(decay.key(3, 3)).toBe(decay.key(1.5, 4));
    expect(decay.key(8, 1)).toBe(decay.key(1, 4));
    expect(decay.key(7, 1000)).toBe(decay.key(3.5, 1001));
  });

  it('does not overflow where λ^(−time) would', () => {
    const decay = new Decay(0.5);
    expect(decay.key(1, 1e6)).toBe(1e6);
    expect(decay.key(0, 5)).toBe(-Infinity);
  });

  it('counts without decay at λ = 1', () => {
    const decay = new Decay(1);
    expect(decay.factor(1e9)).toBe(1);
    expect(decay.key(5, 0)).toBe(decay.key(5, 1e9));
    expect(decay.key(5, 7)).toBeGreaterThan(decay.key(4, 9));
  });
});
