import { describe, expect, it } from 'vitest';
import { ShadowField } from './shadow-field.js';

describe('a field of shadowing', () => {
  const FIELDS = 4000;
  const distances = [0, 10, 25, 50, 100, 200];

  it('has mean 0, σ, and the correlation e^(−d/D) in every direction, over drawn fields', () => {
    const field = new ShadowField(8, 50);
    for (const [east, north] of [
      [1, 0],
      [0, 1],
      [0.6, -0.8],
    ]) {
      const sums = distances.map(() => ({ value: 0, square: 0, product: 0 }));
      for (let cell = 0; cell < FIELDS; cell++) {
        field.reset(5, 0, cell);
        const here = field.at(120, 80);
        distances.forEach((d, at) => {
          const there = field.at(120 + d * east, 80 + d * north);
          sums[at].value += there;
          sums[at].square += there * there;
          sums[at].product += here * there;
        });
      }
      sums.forEach(({ value, square, product }, at) => {
        // 4 standard errors of a mean and of a product of standard normal variates
        const error = 4 / Math.sqrt(FIELDS);
        expect(Math.abs(value / FIELDS / 8)).toBeLessThan(error);
        expect(Math.abs(square / FIELDS / 64 - 1)).toBeLessThan(error * Math.SQRT2);
        const expected = Math.exp(-distances[at] / 50);
        expect(Math.abs(product / FIELDS / 64 - expected)).toBeLessThan(error * Math.SQRT2);
      });
    }
  });

  it('is normal at a place: its quantiles', () => {
    const field = new ShadowField(1, 20);
    const values = Float64Array.from({ length: FIELDS }, (_, cell) => {
      field.reset(9, 1, cell);
      return field.at(3, 4);
    }).sort();
    for (const [p, quantile] of [
      [0.025, -1.96],
      [0.25, -0.674],
      [0.75, 0.674],
      [0.975, 1.96],
    ])
      expect(Math.abs(values[Math.floor(p * FIELDS)] - quantile)).toBeLessThan(0.12);
  });

  it('is the same for the same seed, episode and cell, and another for another', () => {
    const at = (seed: number, episode: number, cell: number) => {
      const field = new ShadowField(8, 50);
      field.reset(seed, episode, cell);
      return field.at(10, 20);
    };
    expect(at(1, 2, 3)).toBe(at(1, 2, 3));
    expect(new Set([at(1, 2, 3), at(2, 2, 3), at(1, 1, 3), at(1, 2, 2)]).size).toBe(4);
  });
});
