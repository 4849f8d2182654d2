import { exp, log } from '../math/index.js';
import { eigenHermitian, type ComplexMatrix } from './hermitian.js';
import { steer, type Scan } from './waves.js';

/** Directions that are scanned: .5, 1.5 … 179.5 degrees. */
export const BINS = 180;

/** The default grid of ranges: 24 from 2 to 6 wavelengths, geometric. */
export const DEFAULT_RANGES: readonly number[] = Array.from(
  { length: 24 },
  (_, k) => 2 * exp((k / 23) * log(3)),
);

/** Methods that scan directions. */
export const scanMethods = ['music', 'capon', 'bartlett'] as const;
export type ScanMethod = (typeof scanMethods)[number];

/** Part of n below which a difference from n has lost too many digits. */
const CANCELLED = 1e-4;

/** Power in a direction, of any method: a sum of squares of products with fixed vectors, or one over it. */
export class Power {
  /** Vectors as rows `[antennas × antennas]`, conjugated. */
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #n: number;
  /** Number of the first vector that counts. */
  readonly #first: number;
  readonly #isComplement: boolean;
  /** Whether power is one over the sum of squares. */
  readonly inverse: boolean;
  /**
   * {@link Power.ascent} differs between two steering vectors by at most this times the angle between them, rad.
   */
  readonly steepness: number;
  readonly #isProjection: boolean;
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
    this.inverse = method !== 'bartlett';
    this.#n = n;
    this.#first = method === 'music' ? sources : 0;
    this.#isComplement = method === 'music' && 2 * sources < n;
    this.#re = new Float64Array(n * n);
    this.#im = new Float64Array(n * n);
    this.#a = new Float64Array(n);
    this.#b = new Float64Array(n);
    let steepness = 0;
    for (let k = 0; k < n; k++) {
      // rank-deficient covariances have no inverse: what is below rounding counts as rounding
      const value = Math.max(values[k], 1e-15 * values[0]);
      const weight = method === 'music' ? 1 : Math.sqrt(method === 'capon' ? 1 / value : value);
      steepness = Math.max(steepness, weight);
      for (let row = 0; row < n; row++) {
        this.#re[k * n + row] = weight * vectors.re[row * n + k];
        this.#im[k * n + row] = -weight * vectors.im[row * n + k];
      }
    }
    this.#isProjection = method === 'music';
    this.steepness = this.#isProjection ? 1 : steepness * Math.sqrt(n);
  }

  at(scan: Scan, thetaDeg: number, rangeLambda: number): number {
    const [a, b] = [this.#a, this.#b];
    steer(scan, this.positions, thetaDeg, rangeLambda, a, b);
    const sum = this.squares(a, b, 0);
    return this.inverse ? 1 / sum : sum;
  }

  /**
   * What grows or falls with a sum of squares and cannot do it fast: of a projection (MUSIC) the angle between steering
   * vector and subspace, rad, else the root of the sum, whose vectors are scaled eigenvectors.
   */
  ascent(squares: number): number {
    const root = Math.sqrt(squares);
    return this.#isProjection ? Math.asin(Math.min(1, root / Math.sqrt(this.#n))) : root;
  }

  /** Sum of squares of the products with the steering vector that stands at `at`. */
  squares(a: Float64Array, b: Float64Array, at: number): number {
    const n = this.#n;
    if (this.#isComplement) {
      // signals are fewer than what is left, and a steering vector's squares add up to n
      const sum = n - this.#products(a, b, at, 0, this.#first);
      if (sum > CANCELLED * n) return sum;
    }
    return this.#products(a, b, at, this.#first, n);
  }

  /** Two vectors at a time, so that the steering vector is read half as often. */
  #products(a: Float64Array, b: Float64Array, at: number, from: number, to: number): number {
    const re = this.#re;
    const im = this.#im;
    const n = this.#n;
    let sum = 0;
    for (let row = from; row < to; row += 2) {
      // of the last of an odd number, the second is itself with no weight
      const weight = row + 1 < to ? 1 : 0;
      const first = row * n;
      const second = first + weight * n;
      let x0 = 0;
      let y0 = 0;
      let x1 = 0;
      let y1 = 0;
      for (let k = 0; k < n; k++) {
        const p = a[at + k];
        const q = b[at + k];
        x0 += re[first + k] * p - im[first + k] * q;
        y0 += re[first + k] * q + im[first + k] * p;
        x1 += re[second + k] * p - im[second + k] * q;
        y1 += re[second + k] * q + im[second + k] * p;
      }
      sum += x0 * x0 + y0 * y0 + weight * (x1 * x1 + y1 * y1);
    }
    return sum;
  }
}

/** Steering vectors of all directions and ranges, made once for an array. */
export class ScanGrid {
  readonly ranges: readonly number[];
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** `[180 × ranges]` sum of the angles from a direction's first steering vector over its neighbours in range, rad. */
  readonly way: Float64Array;

  constructor(
    readonly positions: readonly number[],
    readonly scan: Scan,
    ranges: readonly number[] = DEFAULT_RANGES,
  ) {
    this.ranges = scan === 'far' ? [1] : ranges;
    const n = positions.length;
    this.re = new Float64Array(BINS * this.ranges.length * n);
    this.im = new Float64Array(this.re.length);
    this.way = new Float64Array(BINS * this.ranges.length);
    for (let bin = 0; bin < BINS; bin++) {
      this.ranges.forEach((range, k) => {
        const at = bin * this.ranges.length + k;
        steer(scan, positions, bin + 0.5, range, this.re, this.im, at * n);
        this.way[at] = k === 0 ? 0 : this.way[at - 1] + this.#angle(at - 1, at);
      });
    }
  }

  /** Between the lines of two steering vectors: a phase that all antennas share is no angle. */
  #angle(one: number, other: number): number {
    const n = this.positions.length;
    let real = 0;
    let imaginary = 0;
    for (let k = 0; k < n; k++) {
      const [a, b] = [this.re[one * n + k], this.im[one * n + k]];
      const [c, d] = [this.re[other * n + k], this.im[other * n + k]];
      real += a * c + b * d;
      imaginary += a * d - b * c;
    }
    return Math.acos(Math.min(1, Math.sqrt(real * real + imaginary * imaginary) / n));
  }
}
