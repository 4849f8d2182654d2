import { exp, log } from '../math/index.js';
import type { ComplexMatrix } from './hermitian.js';
import { BINS, type ScanGrid } from './spectrum.js';
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
  const gainAt = (projector: ComplexMatrix, { thetaDeg, rangeLambda }: Place): number => {
    steer(scan, positions, thetaDeg, rangeLambda, re, im);
    return gain(projector, covariance, re, im);
  };
  const bestOnGrid = (others: readonly Place[]): Place => {
    const projector = complement(grid, others);
    let best = { thetaDeg: 0.5, rangeLambda: ranges[0] };
    let most = -Infinity;
    for (let bin = 0; bin < BINS; bin++) {
      for (const rangeLambda of ranges) {
        const value = gainAt(projector, { thetaDeg: bin + 0.5, rangeLambda });
        if (value > most) {
          most = value;
          best = { thetaDeg: bin + 0.5, rangeLambda };
        }
      }
    }
    return best;
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
        const projector = complement(grid, others(source));
        const centre = found[source];
        let most = gainAt(projector, centre);
        for (let dx = -2; dx <= 2; dx++) {
          for (let dy = step > 0 ? -2 : 0; dy <= (step > 0 ? 2 : 0); dy++) {
            const place = {
              thetaDeg: Math.min(180, Math.max(0, centre.thetaDeg + dx * width)),
              rangeLambda: Math.min(high, Math.max(low, centre.rangeLambda * exp(dy * width * step))),
            };
            const value = gainAt(projector, place);
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

/** Projector on what the steering vectors of some places leave, by Gram-Schmidt. */
function complement({ positions, scan }: ScanGrid, places: readonly Place[]): ComplexMatrix {
  const n = positions.length;
  const projector = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let k = 0; k < n; k++) projector.re[k * n + k] = 1;
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  for (const { thetaDeg, rangeLambda } of places) {
    steer(scan, positions, thetaDeg, rangeLambda, re, im);
    const [bRe, bIm] = apply(projector, re, im);
    let norm = 0;
    for (let k = 0; k < n; k++) norm += bRe[k] * bRe[k] + bIm[k] * bIm[k];
    if (norm < 1e-12 * n) continue;
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        projector.re[row * n + column] -= (bRe[row] * bRe[column] + bIm[row] * bIm[column]) / norm;
        projector.im[row * n + column] -= (bIm[row] * bRe[column] - bRe[row] * bIm[column]) / norm;
      }
    }
  }
  return projector;
}

/** Power that one more vector adds: bᴴRb / bᴴb with b = P a. */
function gain(
  projector: ComplexMatrix,
  covariance: ComplexMatrix,
  re: Float64Array,
  im: Float64Array,
): number {
  const [bRe, bIm] = apply(projector, re, im);
  const [cRe, cIm] = apply(covariance, bRe, bIm);
  let norm = 0;
  let power = 0;
  for (let k = 0; k < bRe.length; k++) {
    norm += bRe[k] * bRe[k] + bIm[k] * bIm[k];
    power += bRe[k] * cRe[k] + bIm[k] * cIm[k];
  }
  return norm < 1e-9 * bRe.length ? 0 : power / norm;
}

function apply({ n, re, im }: ComplexMatrix, x: Float64Array, y: Float64Array): [Float64Array, Float64Array] {
  const a = new Float64Array(n);
  const b = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    for (let k = 0; k < n; k++) {
      a[row] += re[row * n + k] * x[k] - im[row * n + k] * y[k];
      b[row] += re[row * n + k] * y[k] + im[row * n + k] * x[k];
    }
  }
  return [a, b];
}
