import { log10 } from '../math/index.js';
import { BINS, type Power, type ScanGrid } from './power.js';
import { RangeSearch } from './range-search.js';

/** dB below its peak at which a spectrum is clipped. */
export const CLIP_DB = 30;

/** A spectrum over directions: the largest power over all ranges. */
export interface Spectrum {
  /** `[180]` power, dB. */
  readonly db: Float64Array;
  /** `[180]` number of the range that it was found at. */
  readonly range: Int32Array;
  /** `[180]` clipped to 30 dB below its peak and scaled to [0, 1]. */
  readonly scaled: Float64Array;
}

export function scanSpectrum(power: Power, grid: ScanGrid): Spectrum {
  const db = new Float64Array(BINS);
  const range = new Int32Array(BINS);
  const search = new RangeSearch(power, grid);
  let peak = -Infinity;
  for (let bin = 0; bin < BINS; bin++) {
    range[bin] = search.run(bin, bin === 0 ? 0 : range[bin - 1]);
    const most = power.inverse ? 1 / search.squares : search.squares;
    db[bin] = most === Infinity ? 3200 : 10 * log10(Math.max(most, 1e-320));
    if (db[bin] > peak) peak = db[bin];
  }
  return { db, range, scaled: db.map((value) => Math.max(0, 1 + (value - peak) / CLIP_DB)) };
}
