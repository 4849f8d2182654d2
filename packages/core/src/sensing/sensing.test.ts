import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  antennaChoices,
  assignErrors,
  countByMdl,
  covarianceOf,
  drawSensing,
  eigenHermitian,
  NINE,
  parseSensingInstance,
  pathDifference,
  sense,
  type SimulatedInstance,
} from './index.js';

const degrees = (value: number): number => (value * Math.PI) / 180;
const source = (thetaDeg: number, rangeLambda = 4, snrDb = 10) => ({ thetaDeg, rangeLambda, snrDb });
const nine = (sources: object[], snapshots: number | 'exact' = 'exact'): SimulatedInstance =>
  parseSensingInstance({ positions: NINE, sources, snapshots }) as SimulatedInstance;

describe('the array', () => {
  it('has the same steering vector for a source and its ghost, far and Fresnel, a wavelength apart; not exact', () => {
    const odd = antennaChoices.odd.map((k) => NINE[k]);
    const gap = (scan: 'far' | 'fresnel' | 'exact', one: [number, number], other: [number, number]): number =>
      Math.max(
        ...odd.map((x) => {
          const turns = pathDifference(scan, x, ...one) - pathDifference(scan, x, ...other);
          return 2 * Math.abs(Math.sin(Math.PI * turns));
        }),
      );
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 179, noNaN: true }),
        fc.double({ min: 0.5, max: 9, noNaN: true }),
        (theta, range) => {
          const cosine = Math.cos(degrees(theta)) - Math.sign(Math.cos(degrees(theta)) || 1);
          const ghost = (Math.acos(cosine) * 180) / Math.PI;
          const ghostRange = (range * Math.sin(degrees(ghost)) ** 2) / Math.sin(degrees(theta)) ** 2;
          if (!(Math.abs(Math.sin(degrees(theta))) > 0.02 && ghostRange > 0.01)) return;
          expect(gap('far', [theta, range], [ghost, ghostRange])).toBeLessThan(1e-11);
          expect(gap('fresnel', [theta, range], [ghost, ghostRange])).toBeLessThan(1e-11);
        },
      ),
    );
    expect(gap('exact', [60, 3], [120, 3])).toBeGreaterThan(1);
  });

  it('has a Hermitian covariance with the sum of powers on its diagonal, and eigenvectors that rebuild it', () => {
    const matrix = covarianceOf(nine([source(40), source(100, 3, 3)]));
    const { values, vectors } = eigenHermitian(matrix);
    const n = matrix.n;
    for (let k = 0; k < n; k++) expect(matrix.re[k * n + k]).toBeCloseTo(11 + 10 ** 0.3, 10);
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        let [re, im] = [0, 0];
        for (let k = 0; k < n; k++) {
          const [a, b] = [vectors.re[row * n + k], vectors.im[row * n + k]];
          const [c, d] = [vectors.re[column * n + k], vectors.im[column * n + k]];
          re += values[k] * (a * c + b * d);
          im += values[k] * (b * c - a * d);
        }
        expect(
          Math.abs(re - matrix.re[row * n + column]) + Math.abs(im - matrix.im[row * n + column]),
        ).toBeLessThan(1e-10);
      }
    }
    // two sources above a noise of 1
    for (const value of values.subarray(2)) expect(value).toBeCloseTo(1, 10);
  });
});

describe('estimates', () => {
  it('of the exact covariance are exact, in direction and range', () => {
    const { estimates, errorsDeg } = sense(nine([source(50.3, 3.3), source(97.8, 2.7), source(131.4, 5)]));
    for (const error of errorsDeg!) expect(error!).toBeLessThan(1e-3);
    [3.3, 2.7, 5].forEach((range, k) => expect(estimates[k].rangeLambda!).toBeCloseTo(range, 2));
  });

  it('lie inside their bins, three degrees apart, and the spectrum within [0, 1] with its peak at 1', () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const { spectrum, estimates } = sense(drawSensing(seed), {
          scan: 'fresnel',
          antennas: antennaChoices.odd,
        });
        expect(Math.max(...spectrum)).toBe(1);
        expect(Math.min(...spectrum)).toBeGreaterThanOrEqual(0);
        estimates.forEach(({ thetaDeg }, k) => {
          if (k > 0) expect(thetaDeg - estimates[k - 1].thetaDeg).toBeGreaterThanOrEqual(2);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('of a covariance equal those of the instance that it came from', () => {
    const instance = drawSensing(5);
    const { re, im, n } = covarianceOf(instance);
    const rows = (part: Float64Array): number[][] =>
      Array.from({ length: n }, (_, k) => [...part.subarray(k * n, (k + 1) * n)]);
    const measured = parseSensingInstance({
      positions: NINE,
      covariance: { re: rows(re), im: rows(im) },
      sources: 3,
    });
    const one = sense(instance);
    const other = sense(measured);
    expect(other.spectrum).toEqual(one.spectrum);
    expect(other.estimates).toEqual(one.estimates);
    expect(other.truth).toBeUndefined();
  });

  it('reach the Cramér-Rao bound at 35 dB, MUSIC and maximum likelihood', () => {
    const sources = [source(60, 3, 35), source(110, 4, 35)];
    const squares = { music: 0, ml: 0 };
    let bound = 0;
    const runs = 40;
    for (let seed = 0; seed < runs; seed++) {
      const instance = parseSensingInstance({ positions: NINE, sources, snapshots: 200, seed });
      for (const method of ['music', 'ml'] as const) {
        const { errorsDeg, crbDeg } = sense(instance, { method });
        squares[method] += errorsDeg![0]! ** 2 / runs;
        bound = crbDeg![0];
      }
    }
    expect(Math.sqrt(squares.music) / bound).toBeGreaterThan(0.7);
    expect(Math.sqrt(squares.music) / bound).toBeLessThan(1.4);
    expect(Math.sqrt(squares.ml) / bound).toBeLessThan(1.6);
  });

  it('by root-MUSIC and ESPRIT agree with MUSIC on far sources of a uniform array; they refuse others', () => {
    const far = nine([source(50, 1e7), source(80, 1e7), source(120, 1e7)]);
    for (const method of ['root-music', 'esprit'] as const) {
      for (const error of sense(far, { method, scan: 'far' }).errorsDeg!) expect(error!).toBeLessThan(1e-4);
    }
    expect(() => sense(far, { method: 'esprit' })).toThrow(/plane waves/);
    expect(() => sense(far, { method: 'root-music', scan: 'far', antennas: [0, 1, 3, 4] })).toThrow(
      /equal distances/,
    );
  });

  it('by ESPRIT of one source is the phase step of the first eigenvector, also in noise, and not what root-MUSIC says', () => {
    const noisy = parseSensingInstance({
      positions: NINE,
      sources: [source(75, 4, 0)],
      snapshots: 40,
      seed: 5,
    });
    const { vectors } = eigenHermitian(covarianceOf(noisy));
    let [re, im] = [0, 0];
    for (let row = 0; row < 8; row++) {
      const [a, b] = [vectors.re[9 * row], vectors.im[9 * row]];
      const [c, d] = [vectors.re[9 * (row + 1)], vectors.im[9 * (row + 1)]];
      re += a * c + b * d;
      im += a * d - b * c;
    }
    const spacing = NINE[1] - NINE[0];
    const expected = (180 / Math.PI) * Math.acos(Math.atan2(im, re) / (2 * Math.PI * spacing));
    const of = (method: 'esprit' | 'root-music') =>
      sense(noisy, { method, scan: 'far' }).estimates.map(({ thetaDeg }) => thetaDeg);
    expect(of('esprit')[0]).toBeCloseTo(expected, 9);
    expect(Math.abs(of('root-music')[0] - expected)).toBeGreaterThan(1e-6);
  });

  it('over draws, classical processing has the success that an independent program found', () => {
    const draws = 150;
    const share = (antennas: readonly number[], scan: 'exact' | 'fresnel' | 'far'): number => {
      let good = 0;
      for (let seed = 1; seed <= draws; seed++) {
        const { errorsDeg } = sense(drawSensing(seed), { scan, antennas });
        if (errorsDeg!.every((error) => error !== null && error <= 3)) good++;
      }
      return good / draws;
    };
    expect(share(antennaChoices.odd, 'far')).toBeLessThan(0.06);
    expect(Math.abs(share(antennaChoices.odd, 'fresnel') - 0.131)).toBeLessThan(0.09);
    expect(Math.abs(share(antennaChoices.middle, 'fresnel') - 0.865)).toBeLessThan(0.08);
    expect(share(antennaChoices.odd, 'exact')).toBeGreaterThan(0.85);
    expect(share(antennaChoices.all, 'exact')).toBeGreaterThan(0.97);
  });
});

describe('numbers of sources, assignments', () => {
  it('are counted by MDL', () => {
    for (const count of [1, 2, 4]) {
      const sources = [30, 70, 110, 150].slice(0, count).map((theta) => source(theta, 4, 15));
      expect(countByMdl(covarianceOf({ ...nine(sources), snapshots: 200 }), 200)).toBe(count);
    }
  });

  it('assign as trying all permutations does, and say what was not found', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 180 }), { minLength: 3, maxLength: 3 }),
        fc.array(fc.integer({ min: 0, max: 180 }), { minLength: 3, maxLength: 3 }),
        (truth, found) => {
          const orders = [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
          ];
          const least = Math.min(
            ...orders.map((order) => order.reduce((sum, k, at) => sum + Math.abs(truth[at] - found[k]), 0)),
          );
          expect(assignErrors(truth, found).reduce((sum: number, error) => sum + error!, 0)).toBe(least);
        },
      ),
    );
    expect(assignErrors([30, 99], [98])).toEqual([null, 1]);
  });
});

describe('bad input', () => {
  const good = { positions: [0, 0.5, 1], sources: [source(60)], snapshots: 10 };
  const measured = {
    positions: [0, 0.5],
    sources: 1,
    covariance: {
      re: [
        [2, 1],
        [1, 2],
      ],
      im: [
        [0, 0],
        [0, 0],
      ],
    },
  };
  it.each([
    [{ ...good, sources: [source(10), source(50), source(90)] }, /sources: 3 sources; 3 antennas/],
    [{ ...good, positions: [0, 0.5, 0.5] }, /positions\[2\]/],
    [{ ...good, sources: [source(60, 0)] }, /sources\[0\]\.rangeLambda/],
    [{ ...good, sources: [source(181)] }, /sources\[0\]\.thetaDeg/],
    [{ ...good, sources: [source(NaN)] }, /sources\[0\]\.thetaDeg/],
    [{ ...good, colour: 1 }, /colour/],
    [{ ...measured, covariance: { re: [[2, 1]], im: [[0, 0]] } }, /covariance\.re/],
    [
      {
        ...measured,
        covariance: {
          re: [
            [2, 1],
            [0, 2],
          ],
          im: [
            [0, 0],
            [0, 0],
          ],
        },
      },
      /not Hermitian/,
    ],
    [
      {
        ...measured,
        covariance: {
          re: [
            [1, 3],
            [3, 1],
          ],
          im: [
            [0, 0],
            [0, 0],
          ],
        },
      },
      /not positive/,
    ],
  ])('names its place: %#', (instance, message) => {
    expect(() => parseSensingInstance(instance)).toThrow(message);
  });
});
