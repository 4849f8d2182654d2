import { exp, log } from '../math/index.js';
import type { ComplexMatrix } from './hermitian.js';
import { BINS, type ScanGrid } from './power.js';
import { steer } from './waves.js';

const MAX_CYCLES = 12;
/** Widths of the local grids after the first, in bins and in steps of the range grid. */
const REFINEMENTS = [0.5, 0.25, 0.1, 0.04, 0.015, 0.005, 0.002];

interface Place {
  thetaDeg: number;
  rangeLambda: number;
}

/**
 * Deterministic maximum likelihood by alternating projection (Ziskind and Wax 1988): the directions and ranges whose steering
 * vectors span the subspace that holds most of the power, tr(P_A R), one source moved at a time.
 */
export function maximumLikelihood(covariance: ComplexMatrix, grid: ScanGrid, count: number): Place[] {
  const { positions, scan, ranges } = grid;
  const n = positions.length;
  const found: Place[] = [];
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  const rest = new Rest(covariance);
  const gainAt = ({ thetaDeg, rangeLambda }: Place): number => {
    steer(scan, positions, thetaDeg, rangeLambda, re, im);
    return rest.gain(re, im, 0);
  };
  const leave = (places: readonly Place[]): void => {
    rest.reset();
    for (const { thetaDeg, rangeLambda } of places) {
      steer(scan, positions, thetaDeg, rangeLambda, re, im);
      rest.remove(re, im);
    }
  };
  const bestOnGrid = (others: readonly Place[]): Place => {
    leave(others);
    let best = 0;
    let most = -Infinity;
    for (let at = 0; at < BINS * ranges.length; at++) {
      const value = rest.gain(grid.re, grid.im, at * n);
      if (value > most) {
        most = value;
        best = at;
      }
    }
    const bin = Math.floor(best / ranges.length);
    return { thetaDeg: bin + 0.5, rangeLambda: ranges[best - bin * ranges.length] };
  };
  for (let source = 0; source < count; source++) found.push(bestOnGrid(found));
  const others = (source: number): Place[] => found.filter((_, k) => k !== source);
  for (let cycle = 0; cycle < MAX_CYCLES; cycle++) {
    let moved = false;
    for (let source = 0; source < count; source++) {
      const best = bestOnGrid(others(source));
      moved ||= best.thetaDeg !== found[source].thetaDeg || best.rangeLambda !== found[source].rangeLambda;
      found[source] = best;
    }
    if (!moved) break;
  }
  const low = ranges[0];
  const high = ranges[ranges.length - 1];
  const step = ranges.length > 1 ? log(high / low) / (ranges.length - 1) : 0;
  for (const width of REFINEMENTS) {
    for (let round = 0; round < 4; round++) {
      for (let source = 0; source < count; source++) {
        leave(others(source));
        const centre = found[source];
        let most = gainAt(centre);
        for (let dx = -2; dx <= 2; dx++) {
          for (let dy = step > 0 ? -2 : 0; dy <= (step > 0 ? 2 : 0); dy++) {
            const place = {
              thetaDeg: Math.min(180, Math.max(0, centre.thetaDeg + dx * width)),
              rangeLambda: Math.min(high, Math.max(low, centre.rangeLambda * exp(dy * width * step))),
            };
            const value = gainAt(place);
            if (value > most) {
              most = value;
              found[source] = place;
            }
          }
        }
      }
    }
  }
  return found.sort((a, b) => a.thetaDeg - b.thetaDeg);
}

/** What some steering vectors leave of the signals: a projector P, and the power tr(P R P) that one more vector holds. */
class Rest {
  readonly #n: number;
  readonly #covariance: ComplexMatrix;
  readonly #projector: ComplexMatrix;
  readonly #b: Float64Array;
  readonly #c: Float64Array;

  constructor(covariance: ComplexMatrix) {
    const { n } = covariance;
    this.#n = n;
    this.#covariance = covariance;
    this.#projector = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
    this.#b = new Float64Array(n);
    this.#c = new Float64Array(n);
  }

  /** All of the space again. */
  reset(): void {
    const { n, re, im } = this.#projector;
    re.fill(0);
    im.fill(0);
    for (let k = 0; k < n; k++) re[k * n + k] = 1;
  }

  /** Leaves a vector's direction out (Gram-Schmidt). */
  remove(aRe: Float64Array, aIm: Float64Array): void {
    const n = this.#n;
    const { re, im } = this.#projector;
    const norm = this.#project(aRe, aIm, 0);
    if (norm < 1e-12 * n) return;
    const [b, c] = [this.#b, this.#c];
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        re[row * n + column] -= (b[row] * b[column] + c[row] * c[column]) / norm;
        im[row * n + column] -= (c[row] * b[column] - b[row] * c[column]) / norm;
      }
    }
  }

  /** Power that the vector at `at` adds: bᴴRb / bᴴb with b = P a. */
  gain(aRe: Float64Array, aIm: Float64Array, at: number): number {
    const n = this.#n;
    const norm = this.#project(aRe, aIm, at);
    if (norm < 1e-9 * n) return 0;
    const { re, im } = this.#covariance;
    const [b, c] = [this.#b, this.#c];
    // R is Hermitian: the diagonal once, what lies below it twice
    let power = 0;
    for (let row = 0; row < n; row++) {
      let x = 0;
      let y = 0;
      for (let column = 0; column < row; column++) {
        const entry = row * n + column;
        x += re[entry] * b[column] - im[entry] * c[column];
        y += re[entry] * c[column] + im[entry] * b[column];
      }
      power += re[row * n + row] * (b[row] * b[row] + c[row] * c[row]) + 2 * (b[row] * x + c[row] * y);
    }
    return power / norm;
  }

  /** b = P a, kept in the buffers; returns its squared length. */
  #project(aRe: Float64Array, aIm: Float64Array, at: number): number {
    const n = this.#n;
    const { re, im } = this.#projector;
    let norm = 0;
    for (let row = 0; row < n; row++) {
      let x = 0;
      let y = 0;
      for (let k = 0; k < n; k++) {
        const entry = row * n + k;
        x += re[entry] * aRe[at + k] - im[entry] * aIm[at + k];
        y += re[entry] * aIm[at + k] + im[entry] * aRe[at + k];
      }
      this.#b[row] = x;
      this.#c[row] = y;
      norm += x * x + y * y;
    }
    return norm;
  }
}
