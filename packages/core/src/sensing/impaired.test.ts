import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../random/index.js';
import {
  antennaChoices,
  BINS,
  covarianceOf,
  drawSensing,
  eigenHermitian,
  findDrawnPeaks,
  NINE,
  observe,
  OBSERVED_RANGES,
  PairSource,
  partOf,
  PositionFilter,
  Power,
  ScanGrid,
  scanMethods,
  scanSpectrum,
  scans,
  sense,
} from './index.js';

const exact = (seed: number) => ({ ...drawSensing(seed), snapshots: 'exact' as const });

describe('the search over ranges', () => {
  it('finds what looking at every range finds, for every method, scan and number of sources', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.constantFrom(...scanMethods),
        fc.constantFrom(...scans),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('odd', 'all'),
        (seed, method, scan, sources, choice) => {
          const places = antennaChoices[choice].map((k) => NINE[k]);
          const covariance = partOf(covarianceOf(drawSensing(seed)), antennaChoices[choice]);
          const grid = new ScanGrid(places, scan);
          const power = new Power(method, places, covariance, sources);
          const { db } = scanSpectrum(power, grid);
          for (let bin = 0; bin < BINS; bin += 7) {
            const best = Math.max(...grid.ranges.map((range) => power.at(scan, bin + 0.5, range)));
            expect(db[bin]).toBeCloseTo(10 * Math.log10(best), 8);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('impairments', () => {
  it('are absent at zero, and leave the covariance Hermitian and positive where they are not', () => {
    const instance = exact(3);
    const plain = covarianceOf(instance);
    for (const none of [{}, { positionErrorLambda: 0 }, { coupling: 0 }, { coherent: false }]) {
      expect(covarianceOf(instance, none)).toEqual(plain);
    }
    for (const some of [
      { positionErrorLambda: 0.05 },
      { coupling: 0.2 },
      { coherent: true },
      { waves: 'far' as const },
    ]) {
      const changed = covarianceOf(instance, some);
      expect(changed).not.toEqual(plain);
      expect(Math.min(...eigenHermitian(changed).values)).toBeGreaterThan(1 - 1e-9);
    }
  });

  it('make coherent sources one signal, which smoothing tells apart again', () => {
    const far = (thetaDeg: number) => ({ thetaDeg, rangeLambda: 1e6, snrDb: 20 });
    const instance = {
      positions: [...NINE],
      sources: [far(60), far(100)],
      snapshots: 'exact' as const,
      seed: 4,
    };
    const { values } = eigenHermitian(covarianceOf(instance, { coherent: true }));
    expect(values.filter((value) => value > 1 + 1e-9)).toHaveLength(1);
    const worst = (smoothing?: number): number => {
      const options = {
        scan: 'far' as const,
        impairments: { coherent: true },
        ...(smoothing && { smoothing }),
      };
      return Math.max(...sense(instance, options).errorsDeg!.map((error) => error ?? 180));
    };
    expect(worst()).toBeGreaterThan(1);
    expect(worst(6)).toBeLessThan(0.01);
  });

  it('refuse smoothing of curved waves and of lengths that are not there', () => {
    expect(() => sense(exact(1), { smoothing: 6 })).toThrow(/--smoothing.*plane waves/);
    expect(() => sense(exact(1), { scan: 'far', smoothing: 10 })).toThrow(/--smoothing.*2 to 9/);
    expect(() => sense(exact(1), { scan: 'far', smoothing: 3 })).toThrow(/2 sources apart|at most 2/);
  });
});

describe('a covariance drawn at once', () => {
  it('has the moments of the complex Wishart distribution, also of its inverse', () => {
    const n = 3;
    const snapshots = 8;
    const draws = 6000;
    const source = (thetaDeg: number, snrDb: number) => ({ thetaDeg, rangeLambda: 3, snrDb });
    const positions = [-0.5, 0, 0.5];
    const sources = [source(50, 3), source(110, 0)];
    const sigma = covarianceOf({ positions, sources, snapshots: 'exact', seed: 1 });
    const mean = new Float64Array(n * n);
    const squares = new Float64Array(n * n);
    let inverseTrace = 0;
    for (let seed = 0; seed < draws; seed++) {
      const { re, im } = covarianceOf({ positions, sources, snapshots, seed });
      for (let k = 0; k < n * n; k++) {
        mean[k] += re[k] / draws;
        squares[k] += ((re[k] - sigma.re[k]) ** 2 + (im[k] - sigma.im[k]) ** 2) / draws;
      }
      inverseTrace += eigenHermitian({ n, re, im }).values.reduce((sum, value) => sum + 1 / value, 0) / draws;
    }
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        const [i, j] = [sigma.re[row * n + row], sigma.re[column * n + column]];
        expect(Math.abs(mean[row * n + column] - sigma.re[row * n + column])).toBeLessThan(0.06);
        // E|R_ij − Σ_ij|² = Σ_ii Σ_jj/T
        expect(squares[row * n + column] / ((i * j) / snapshots)).toBeGreaterThan(0.93);
        expect(squares[row * n + column] / ((i * j) / snapshots)).toBeLessThan(1.07);
      }
    }
    // E R⁻¹ = T/(T − n) Σ⁻¹
    const exactTrace = eigenHermitian(sigma).values.reduce((sum, value) => sum + 1 / value, 0);
    expect(inverseTrace / ((snapshots / (snapshots - n)) * exactTrace)).toBeGreaterThan(0.96);
    expect(inverseTrace / ((snapshots / (snapshots - n)) * exactTrace)).toBeLessThan(1.04);
  });
});

describe('pairs', () => {
  it('hold what the antennas’ scans hold', () => {
    const instance = drawSensing(11);
    const { observation, target } = new PairSource().of(instance);
    const middle = sense(instance, { scan: 'fresnel', antennas: antennaChoices.middle });
    expect([...target]).toEqual(middle.spectrum);
    expect(observation).toHaveLength(OBSERVED_RANGES.length * BINS);
    expect(Math.max(...observation)).toBe(0);
    // seen at two ranges alone, the same but for the peak that all is measured from
    const covariance = partOf(covarianceOf(instance), antennaChoices.odd);
    const places = antennaChoices.odd.map((k) => NINE[k]);
    const ends = observe(covariance, new ScanGrid(places, 'fresnel', [2, 6]), 3);
    const shift = observation[0] - ends[0];
    for (let bin = 0; bin < BINS; bin++) {
      expect(observation[bin] - ends[bin]).toBeCloseTo(shift, 9);
      const last = (OBSERVED_RANGES.length - 1) * BINS + bin;
      expect(observation[last] - ends[BINS + bin]).toBeCloseTo(shift, 9);
    }
  });

  it('put the first two sources as close as asked', () => {
    for (let seed = 1; seed < 40; seed++) {
      const [one, two, three] = drawSensing(seed, 'well-posed', 5).sources.map(({ thetaDeg }) => thetaDeg);
      expect(two - one).toBeCloseTo(5, 9);
      expect(Math.min(Math.abs(three - one), Math.abs(three - two))).toBeGreaterThanOrEqual(15);
    }
  });

  it('have peaks that a parabola refines by at most half a bin', () => {
    const spectrum = Float64Array.from({ length: 180 }, (_, bin) =>
      Math.exp(-(((bin + 0.5 - 70.2) / 4) ** 2)),
    );
    expect(findDrawnPeaks(spectrum, 1)[0].thetaDeg).toBeCloseTo(70.2, 1);
    const flat = new Float64Array(180).fill(1);
    for (const { thetaDeg } of findDrawnPeaks(flat, 3)) expect(thetaDeg).toBeGreaterThanOrEqual(0);
  });
});

describe('the position filter', () => {
  it('follows a straight way through noise better than its measurements, and never by more than it believes', () => {
    const stream = new RandomStream(7, 'filter');
    let [squares, raw, believed, count] = [0, 0, 0, 0];
    for (let run = 0; run < 200; run++) {
      const filter = new PositionFilter(1e-6, 2);
      const [vx, vy] = [2 * stream.normal(), 2 * stream.normal()];
      for (let step = 0; step <= 30; step++) {
        const bearing = 0.3 * step;
        const [along, across] = [stream.normal(), 3 * stream.normal()];
        const x = vx * step + along * Math.cos(bearing) - across * Math.sin(bearing);
        const y = vy * step + along * Math.sin(bearing) + across * Math.cos(bearing);
        filter.measure(step, x, y, bearing, 1, 3);
        if (step < 30) continue;
        const [px, py] = filter.predict(step);
        squares += (px - vx * step) ** 2 + (py - vy * step) ** 2;
        raw += along * along + across * across;
        believed += filter.variances[0] + filter.variances[1];
        count++;
      }
    }
    expect(squares).toBeLessThan(0.35 * raw);
    // 200 runs of two squares: their sum is within a quarter of what the filter believes
    expect(squares / count / (believed / count)).toBeGreaterThan(0.75);
    expect(squares / count / (believed / count)).toBeLessThan(1.3);
  });

  it('leaves out what is older than what it knows', () => {
    const filter = new PositionFilter(0.1, 1);
    filter.measure(5, 10, 10, 0, 1, 1);
    const before = filter.predict(6);
    filter.measure(4, 99, 99, 0, 1, 1);
    expect(filter.predict(6)).toEqual(before);
  });
});
