import { describe, expect, it } from 'vitest';
import { confidenceHalfWidth, sortedQuantile, summarize, proportion, withInterval } from './summary.js';

describe('summarize', () => {
  it('agrees with a textbook sample', () => {
    // 2 4 4 4 5 5 7 9: mean 5, sum of squares 32, so std = √(32/7); t(7, .975) = 2.36462425
    const { n, mean, std, ci95, median } = summarize([9, 2, 4, 4, 5, 4, 5, 7]);
    expect([n, mean, median]).toEqual([8, 5, 4.5]);
    expect(std).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(ci95).toBeCloseTo((2.364624251592785 * Math.sqrt(32 / 7)) / Math.sqrt(8), 7);
  });

  it('uses quantiles of Student as printed in tables', () => {
    const quantile = (n: number, level: number): number => confidenceHalfWidth(Math.sqrt(n), n, level);
    expect(quantile(2, 0.95)).toBeCloseTo(12.706, 3);
    expect(quantile(6, 0.99)).toBeCloseTo(4.0321, 4);
    expect(quantile(31, 0.95)).toBeCloseTo(2.0423, 4);
    expect(quantile(1001, 0.95)).toBeCloseTo(1.9623, 4);
  });

  it('leaves NaN out and says so in n; has no spread for one value', () => {
    expect(summarize([NaN, 3, NaN])).toEqual({ n: 1, mean: 3, std: NaN, ci95: NaN, median: 3 });
    expect(summarize([]).n).toBe(0);
    expect(summarize(Float64Array.of(1, NaN, 3)).mean).toBe(2);
  });
});

describe('withInterval', () => {
  it('writes no interval where there is none', () => {
    expect(withInterval({ mean: 1.23456, ci95: 0.0049 })).toBe('1.235 ± 0.005');
    expect(withInterval(summarize([2]), 1)).toBe('2.0');
    expect(withInterval(summarize([]))).toBe('');
  });
});

describe('proportion', () => {
  it('has the interval of Wilson, also where all or none count', () => {
    const rounded = (count: number) =>
      Object.values(proportion(count, 10)).map((value) => Number(value.toFixed(4)));
    expect(rounded(5)).toEqual([0.5, 0.2366, 0.7634]);
    expect(rounded(10)).toEqual([1, 0.7225, 1]);
    expect(rounded(0)).toEqual([0, 0, 0.2775]);
  });
});

describe('sortedQuantile', () => {
  it('interpolates', () => {
    expect(sortedQuantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(sortedQuantile([1, 2, 3, 4], 1)).toBe(4);
    expect(sortedQuantile([], 0.5)).toBeNaN();
  });
});
