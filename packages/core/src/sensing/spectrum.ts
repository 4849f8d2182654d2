import { exp, log, log10 } from '../math/index.js';
import { eigenHermitian, type ComplexMatrix } from './hermitian.js';
import { steer, type Scan } from './waves.js';

/** Directions that are scanned: .5, 1.5 … 179.5 degrees. */
export const BINS = 180;
/** dB below its peak at which a spectrum is clipped. */
export const CLIP_DB = 30;

/** The default grid of ranges: 24 from 2 to 6 wavelengths, geometric. */
export const DEFAULT_RANGES: readonly number[] = Array.from(
  { length: 24 },
  (_, k) => 2 * exp((k / 23) * log(3)),
);

/** Methods that scan directions. */
export const scanMethods = ['music', 'capon', 'bartlett'] as const;
export type ScanMethod = (typeof scanMethods)[number];

/** Power in a direction, of any method: a sum of squares of products with fixed vectors, or one over it. */
export class Power {
  /** Vectors as rows `[count × antennas]`, conjugated. */
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #count: number;
  readonly #inverse: boolean;
  readonly #a: Float64Array;
  readonly #b: Float64Array;

  /**
   * - `music`: 1/‖E_nᴴ a‖², E_n the eigenvectors of noise (all but the `sources` largest)
   * - `capon`: 1/(aᴴ R⁻¹ a)
   * - `bartlett`: aᴴ R a
   */
  constructor(
    method: ScanMethod,
    readonly positions: readonly number[],
    covariance: ComplexMatrix,
    sources: number,
  ) {
    const n = positions.length;
    const { values, vectors } = eigenHermitian(covariance);
    const from = method === 'music' ? sources : 0;
    this.#count = n - from;
    this.#inverse = method !== 'bartlett';
    this.#re = new Float64Array(this.#count * n);
    this.#im = new Float64Array(this.#count * n);
    this.#a = new Float64Array(n);
    this.#b = new Float64Array(n);
    for (let k = from; k < n; k++) {
      // rank-deficient covariances have no inverse: what is below rounding counts as rounding
      const value = Math.max(values[k], 1e-15 * values[0]);
      const weight = method === 'music' ? 1 : Math.sqrt(method === 'capon' ? 1 / value : value);
      for (let row = 0; row < n; row++) {
        this.#re[(k - from) * n + row] = weight * vectors.re[row * n + k];
        this.#im[(k - from) * n + row] = -weight * vectors.im[row * n + k];
      }
    }
  }

  at(scan: Scan, thetaDeg: number, rangeLambda: number): number {
    const n = this.positions.length;
    const [a, b] = [this.#a, this.#b];
    steer(scan, this.positions, thetaDeg, rangeLambda, a, b);
    return this.of(a, b, 0, n);
  }

  /** Power of a steering vector that stands at `at`. */
  of(a: Float64Array, b: Float64Array, at: number, n = this.positions.length): number {
    const [re, im] = [this.#re, this.#im];
    let sum = 0;
    for (let row = 0; row < this.#count; row++) {
      let x = 0;
      let y = 0;
      const first = row * n;
      for (let k = 0; k < n; k++) {
        x += re[first + k] * a[at + k] - im[first + k] * b[at + k];
        y += re[first + k] * b[at + k] + im[first + k] * a[at + k];
      }
      sum += x * x + y * y;
    }
    return this.#inverse ? 1 / sum : sum;
  }
}

/** Steering vectors of all directions and ranges, made once for an array. */
export class ScanGrid {
  readonly ranges: readonly number[];
  readonly re: Float64Array;
  readonly im: Float64Array;

  constructor(
    readonly positions: readonly number[],
    readonly scan: Scan,
    ranges: readonly number[] = DEFAULT_RANGES,
  ) {
    this.ranges = scan === 'far' ? [1] : ranges;
    const n = positions.length;
    this.re = new Float64Array(BINS * this.ranges.length * n);
    this.im = new Float64Array(this.re.length);
    for (let bin = 0; bin < BINS; bin++) {
      this.ranges.forEach((range, k) => {
        steer(scan, positions, bin + 0.5, range, this.re, this.im, (bin * this.ranges.length + k) * n);
      });
    }
  }
}

/** A spectrum over directions: the largest power over all ranges. */
export interface Spectrum {
  /** `[180]` power, dB. */
  readonly db: Float64Array;
  /** `[180]` number of the range that it was found at. */
  readonly range: Int32Array;
  /** `[180]` clipped to 30 dB below its peak and scaled to [0, 1]. */
  readonly scaled: Float64Array;
}

export function scanSpectrum(power: Power, { positions, ranges, re, im }: ScanGrid): Spectrum {
  const n = positions.length;
  const db = new Float64Array(BINS);
  const range = new Int32Array(BINS);
  let peak = -Infinity;
  for (let bin = 0; bin < BINS; bin++) {
    let most = -Infinity;
    for (let k = 0; k < ranges.length; k++) {
      const value = power.of(re, im, (bin * ranges.length + k) * n, n);
      if (value > most) {
        most = value;
        range[bin] = k;
      }
    }
    db[bin] = most === Infinity ? 3200 : 10 * log10(Math.max(most, 1e-320));
    if (db[bin] > peak) peak = db[bin];
  }
  return { db, range, scaled: db.map((value) => Math.max(0, 1 + (value - peak) / CLIP_DB)) };
}
