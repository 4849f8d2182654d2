import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  channelDispersion,
  finiteBlocklengthRate,
  gaussianTail,
  gaussianTailInverse,
} from './finite-blocklength.js';

describe('gaussianTailInverse', () => {
  // scipy.stats.norm.isf
  it.each([
    [1e-7, 5.1993375821928165],
    [1e-9, 5.9978070150076865],
    [0.3, 0.5244005127080409],
    [0.1, 1.2815515655446004],
    [0.01, 2.3263478740408408],
    [0.006, 2.5121443279304616],
    [1e-3, 3.090232306167813],
    [1e-5, 4.264890793922825],
    [1e-300, 37.0470962993612],
  ])('of %f is scipy.stats.norm.isf', (probability, expected) => {
    expect(Math.abs(gaussianTailInverse(probability) / expected - 1)).toBeLessThan(1e-12);
  });

  it('undoes the tail', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 30, noNaN: true }), (x) => {
        expect(Math.abs(gaussianTailInverse(gaussianTail(x)) / x - 1)).toBeLessThan(1e-12);
      }),
    );
  });
});

describe('finiteBlocklengthRate', () => {
  it('is the normal approximation of paper 003, eq. 1', () => {
    const [bandwidth, snr, frame, inverse] = [333e3, 10, 1e-3, 5.1993375821928165];
    const dispersion = 1 - 1 / (11 * 11);
    const expected =
      (bandwidth / Math.log(2)) * (Math.log(11) - Math.sqrt(dispersion / (frame * bandwidth)) * inverse);
    expect(channelDispersion(snr)).toBeCloseTo(dispersion, 14);
    expect(finiteBlocklengthRate(bandwidth, snr, frame, inverse)).toBeCloseTo(expected, 4);
  });

  it('approaches the capacity as the block grows, from below', () => {
    const capacity = 1e6 * Math.log2(1 + 3);
    const rates = [1e-4, 1e-2, 1, 1e4].map((frame) => finiteBlocklengthRate(1e6, 3, frame, 5));
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
    expect(rates[3] / capacity).toBeGreaterThan(0.9999);
    expect(rates[3]).toBeLessThan(capacity);
  });
});
