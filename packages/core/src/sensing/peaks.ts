import { exp, log } from '../math/index.js';
import { BINS, type Power, type ScanGrid } from './power.js';
import type { Spectrum } from './spectrum.js';

/** An estimated direction. */
export interface Estimate {
  readonly thetaDeg: number;
  /** Absent for the far field. */
  readonly rangeLambda?: number;
  /** Scaled spectrum at its bin, in [0, 1]. */
  readonly peak: number;
}

/** Degrees between two estimates at least. */
const APART_DEG = 3;
const GOLDEN = 0.6180339887498949;

/**
 * The largest local maxima of a spectrum, at most `count`, at least 3° apart, each refined inside its bin (never more than
 * half a bin away), and in range between its neighbours of the grid.
 */
export function findPeaks(spectrum: Spectrum, power: Power, grid: ScanGrid, count: number): Estimate[] {
  return largestMaxima(spectrum.db, count).map((bin) => ({
    ...refine(power, grid, bin, spectrum.range[bin]),
    peak: spectrum.scaled[bin],
  }));
}

/** As {@link findPeaks} where there is a spectrum and nothing else: refined by a parabola through the neighbours. */
export function findDrawnPeaks(scaled: ArrayLike<number>, count: number): Estimate[] {
  return largestMaxima(scaled, count).map((bin) => {
    const [left, peak, right] = [
      scaled[Math.max(0, bin - 1)],
      scaled[bin],
      scaled[Math.min(BINS - 1, bin + 1)],
    ];
    const bend = left - 2 * peak + right;
    const offset = bend < 0 ? (left - right) / (2 * bend) : 0;
    return { thetaDeg: bin + 0.5 + Math.max(-0.5, Math.min(0.5, offset)), peak };
  });
}

/** Bins of the largest local maxima, at least 3° apart, in order of direction. */
function largestMaxima(values: ArrayLike<number>, count: number): number[] {
  const maxima: number[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    const left = bin === 0 ? -Infinity : values[bin - 1];
    const right = bin === BINS - 1 ? -Infinity : values[bin + 1];
    if (values[bin] > left && values[bin] >= right) maxima.push(bin);
  }
  maxima.sort((a, b) => values[b] - values[a] || a - b);
  const kept: number[] = [];
  for (const bin of maxima) {
    if (kept.length === count) break;
    if (kept.every((other) => Math.abs(other - bin) >= APART_DEG)) kept.push(bin);
  }
  return kept.sort((a, b) => a - b);
}

function refine(
  power: Power,
  { scan, ranges }: ScanGrid,
  bin: number,
  k: number,
): { thetaDeg: number; rangeLambda?: number } {
  let thetaDeg = bin + 0.5;
  let logRange = log(ranges[k]);
  const low = log(ranges[Math.max(0, k - 1)]);
  const high = log(ranges[Math.min(ranges.length - 1, k + 1)]);
  const rounds = low === high ? 1 : 12;
  for (let round = 0; round < rounds; round++) {
    const before = thetaDeg;
    thetaDeg = golden(bin, bin + 1, (theta) => power.at(scan, theta, exp(logRange)), thetaDeg);
    if (low < high) logRange = golden(low, high, (value) => power.at(scan, thetaDeg, exp(value)), logRange);
    if (round > 0 && Math.abs(thetaDeg - before) < 1e-7) break;
  }
  return scan === 'far' ? { thetaDeg } : { thetaDeg, rangeLambda: exp(logRange) };
}

/** Golden-section search of a maximum; never worse than at `start`. */
function golden(low: number, high: number, value: (at: number) => number, start: number): number {
  let [a, b] = [low, high];
  let x = b - GOLDEN * (b - a);
  let y = a + GOLDEN * (b - a);
  let [fx, fy] = [value(x), value(y)];
  while (b - a > 1e-8 * (high - low)) {
    if (fx >= fy) {
      [b, y, fy] = [y, x, fx];
      x = b - GOLDEN * (b - a);
      fx = value(x);
    } else {
      [a, x, fx] = [x, y, fy];
      y = a + GOLDEN * (b - a);
      fy = value(y);
    }
  }
  const best = fx >= fy ? x : y;
  return Math.max(fx, fy) >= value(start) ? best : start;
}

/**
 * The assignment of estimates to sources of least total error, by dynamic programming over sets; sources without an
 * estimate get null.
 *
 * @returns |θ̂ − θ| of every source, degrees
 */
export function assignErrors(
  truthDeg: readonly number[],
  estimatesDeg: readonly number[],
): (number | null)[] {
  const sources = truthDeg.length;
  const full = 1 << sources;
  /** A source without an estimate costs more than any error. */
  const missing = 1000;
  let costs = new Float64Array(full).fill(Infinity);
  costs[0] = 0;
  const choice = estimatesDeg.map(() => new Int32Array(full).fill(-1));
  estimatesDeg.forEach((estimate, e) => {
    const next = costs.slice();
    for (let set = 0; set < full; set++) {
      if (costs[set] === Infinity) continue;
      for (let s = 0; s < sources; s++) {
        if (set & (1 << s)) continue;
        const cost = costs[set] + Math.abs(truthDeg[s] - estimate) - missing;
        const with_ = set | (1 << s);
        if (cost < next[with_]) {
          next[with_] = cost;
          choice[e][with_] = s;
        }
      }
    }
    costs = next;
  });
  let set = costs.indexOf(Math.min(...costs));
  const errors: (number | null)[] = truthDeg.map(() => null);
  for (let e = estimatesDeg.length - 1; e >= 0; e--) {
    const s = choice[e][set];
    if (s < 0) continue;
    errors[s] = Math.abs(truthDeg[s] - estimatesDeg[e]);
    set &= ~(1 << s);
  }
  return errors;
}
