import { exp, log, log10 } from '../math/index.js';
import { covarianceOf, type Impairments } from './covariance.js';
import { antennaChoices, NINE } from './draw.js';
import type { ComplexMatrix } from './hermitian.js';
import type { SimulatedInstance } from './instance.js';
import { partOf } from './solve.js';
import { BINS, Power, ScanGrid } from './power.js';
import { CLIP_DB, scanSpectrum } from './spectrum.js';
import type { Scan } from './waves.js';

/** Ranges at which an ambiguous spectrum is shown to what learns from it: 4 from 2 to 6 wavelengths, geometric. */
export const OBSERVED_RANGES: readonly number[] = Array.from(
  { length: 4 },
  (_, k) => 2 * exp((k / 3) * log(3)),
);

/**
 * What a spectrum generator observes: MUSIC over directions and ranges, dB below its largest value over 30.
 *
 * @returns `[ranges × 180]`
 */
export function observe(covariance: ComplexMatrix, grid: ScanGrid, sources: number): Float64Array {
  const power = new Power('music', grid.positions, covariance, sources);
  const n = grid.positions.length;
  const target = new Float64Array(grid.ranges.length * BINS);
  let peak = -Infinity;
  for (let range = 0; range < grid.ranges.length; range++) {
    for (let bin = 0; bin < BINS; bin++) {
      const squares = power.squares(grid.re, grid.im, (bin * grid.ranges.length + range) * n);
      const db = -10 * log10(Math.max(squares, 1e-30));
      target[range * BINS + bin] = db;
      if (db > peak) peak = db;
    }
  }
  for (let k = 0; k < target.length; k++) target[k] = (target[k] - peak) / CLIP_DB;
  return target;
}

/** How pairs are made. */
export interface PairOptions {
  /** Of both spectra; default fresnel. */
  readonly scan?: Scan;
  /** Ranges of the clear spectrum; default {@link DEFAULT_RANGES}. */
  readonly ranges?: readonly number[];
  readonly impairments?: Impairments;
}

/** An ambiguous and a clear spectrum of the same signals. */
export interface SpectrumPair {
  /** `[ranges × 180]` of antennas 1, 3, 5, 7, 9, as {@link observe} gives it. */
  readonly observation: Float64Array;
  /** `[180]` in [0, 1]: the spectrum of antennas 3-7, the paper's expert. */
  readonly target: Float64Array;
}

/** What makes pairs of instances of the nine antennas; it keeps the steering vectors that all of them share. */
export class PairSource {
  readonly #observed: ScanGrid;
  readonly #clear: ScanGrid;
  readonly #impairments: Impairments | undefined;

  constructor({ scan = 'fresnel', ranges, impairments }: PairOptions = {}) {
    const places = (choice: string): number[] => antennaChoices[choice].map((k) => NINE[k]);
    this.#observed = new ScanGrid(places('odd'), scan, OBSERVED_RANGES);
    this.#clear = new ScanGrid(places('middle'), scan, ranges);
    this.#impairments = impairments;
  }

  of(instance: SimulatedInstance): SpectrumPair {
    const covariance = covarianceOf(instance, this.#impairments);
    const count = instance.sources.length;
    const { positions } = this.#clear;
    const power = new Power('music', positions, partOf(covariance, antennaChoices.middle), count);
    return {
      observation: observe(partOf(covariance, antennaChoices.odd), this.#observed, count),
      target: scanSpectrum(power, this.#clear).scaled,
    };
  }
}
