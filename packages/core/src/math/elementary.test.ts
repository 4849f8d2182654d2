import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, exp10, log, log10, log2, tanh } from './elementary.js';

const relative = (value: number, reference: number) =>
  reference === 0 ? Math.abs(value) : Math.abs(value / reference - 1);

describe('elementary functions', () => {
  it('log agrees with the engine to 3 ulp over the whole range', () => {
    fc.assert(
      fc.property(fc.double({ min: 5e-324, max: 1.7e308, noNaN: true }), (x) => {
        const reference = Math.log(x);
        expect(Math.abs(log(x) - reference)).toBeLessThanOrEqual(
          3 * 2.3e-16 * Math.max(Math.abs(reference), Math.abs(x - 1) < 0.5 ? Math.abs(x - 1) : 1),
        );
      }),
      { numRuns: 20_000 },
    );
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), (x) => {
        expect(relative(log(x), Math.log(x))).toBeLessThan(7e-16);
      }),
      { numRuns: 20_000 },
    );
  });

  it('exp agrees with the engine to 1e-15 relative', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 709, noNaN: true }), (x) => {
        expect(relative(exp(x), Math.exp(x))).toBeLessThan(1e-15);
      }),
      { numRuns: 20_000 },
    );
  });

  it('tanh, log2, log10, exp10 agree with the engine', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (x) => {
        expect(Math.abs(tanh(x) - Math.tanh(x))).toBeLessThan(4e-16);
        expect(relative(exp10(x), 10 ** x)).toBeLessThan(2e-14);
      }),
    );
    expect(log2(8)).toBeCloseTo(3, 14);
    expect(log10(1000)).toBeCloseTo(3, 14);
  });

  it('has the limits of the functions at the edges', () => {
    expect([log(0), log(1), log(-1), log(Infinity)]).toEqual([-Infinity, 0, NaN, Infinity]);
    expect([exp(0), exp(-1000), exp(1000), exp(NaN)]).toEqual([1, 0, Infinity, NaN]);
    expect(exp(-740)).toBeGreaterThan(0);
    expect(relative(exp(709.7), Math.exp(709.7))).toBeLessThan(1e-15);
  });

  it('is fixed to the last bit', () => {
    const bits = (x: number) => Buffer.from(new Float64Array([x]).buffer).toString('hex');
    expect([log(10), exp(1), exp10(-6.57), tanh(0.3)].map(bits)).toMatchInlineSnapshot(`
      [
        "1655b5bbb16b0240",
        "6957148b0abf0540",
        "ac2080860510923e",
        "fa14d9a7dda4d23f",
      ]
    `);
  });
});
