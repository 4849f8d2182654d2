import { describe, expect, it } from 'vitest';
import { RandomStream } from '../random/index.js';
import type { ComplexMatrix } from './hermitian.js';
import { drawSampleCovariance } from './wishart.js';

/** A Aᴴ of a fixed complex matrix with entries of every sign: Hermitian and positive definite. */
function covariance(): ComplexMatrix {
  const a = [
    [
      [1.2, 0.3],
      [-0.4, 0.9],
      [0.2, -0.5],
    ],
    [
      [0.5, -0.8],
      [1.1, 0.2],
      [-0.3, 0.4],
    ],
    [
      [-0.6, 0.1],
      [0.7, -0.2],
      [0.9, 0.6],
    ],
  ] as const;
  const sigma = { n: 3, re: new Float64Array(9), im: new Float64Array(9) };
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      for (let k = 0; k < 3; k++) {
        const [[p, q], [r, s]] = [a[i][k], a[j][k]];
        sigma.re[3 * i + j] += p * r + q * s;
        sigma.im[3 * i + j] += q * r - p * s;
      }
    }
  }
  return sigma;
}

describe('a sample covariance drawn without its snapshots', () => {
  const sigma = covariance();

  // Of L snapshots: E R = Σ, and E |R_ij − Σ_ij|² = Σ_ii Σ_jj / L (Goodman 1963).
  it.each([3, 4, 10])('has the first two moments of one from %i snapshots', (snapshots) => {
    const stream = new RandomStream(snapshots, 'wishart-test');
    const draws = 20_000;
    const mean = { re: new Float64Array(9), im: new Float64Array(9) };
    const spread = new Float64Array(9);
    for (let draw = 0; draw < draws; draw++) {
      const { n, re, im } = drawSampleCovariance(sigma, snapshots, stream);
      expect(n).toBe(3);
      for (let at = 0; at < 9; at++) {
        const turned = 3 * (at % 3) + Math.floor(at / 3);
        if (re[at] !== re[turned] || im[at] !== -im[turned]) throw new Error('not Hermitian');
        mean.re[at] += re[at] / draws;
        mean.im[at] += im[at] / draws;
        spread[at] += ((re[at] - sigma.re[at]) ** 2 + (im[at] - sigma.im[at]) ** 2) / draws;
      }
    }
    for (let at = 0; at < 9; at++) {
      const variance = (sigma.re[4 * Math.floor(at / 3)] * sigma.re[4 * (at % 3)]) / snapshots;
      const error = 5 * Math.sqrt(variance / draws);
      expect(Math.abs(mean.re[at] - sigma.re[at])).toBeLessThan(error);
      expect(Math.abs(mean.im[at] - sigma.im[at])).toBeLessThan(error);
      expect(Math.abs(spread[at] / variance - 1)).toBeLessThan(0.08);
    }
  });
});
