import { summarize } from '../../statistics/summary.js';
import type { AuctionRow } from './run-cell.js';

/** A value with the half width of its 95 % interval over batches (Student's t). */
export interface Estimate {
  readonly mean: number;
  readonly ci95: number;
}

type Of = (row: AuctionRow) => number;

/** Mean per round. */
export function meanPerRound(rows: readonly AuctionRow[], of: Of): Estimate {
  return summarize(rows.map((row) => of(row) / row.rounds));
}

/**
 * Ratio of two sums over the same batches, with the interval of its linearisation r + Σ(a_b − r·b_b)/Σb: both sums may move
 * together.
 */
export function ratio(
  upper: readonly AuctionRow[],
  lower: readonly AuctionRow[],
  of: Of,
  by: Of = of,
): Estimate {
  const a = upper.map(of);
  const b = lower.map(by);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const value = mean(a) / mean(b);
  const { ci95 } = summarize(a.map((one, k) => (one - value * b[k]) / mean(b)));
  return { mean: value, ci95 };
}

/** E[C | driving simulator] / E C. */
export function adverseSelection(rows: readonly AuctionRow[]): Estimate {
  const share = (row: AuctionRow): number => row.driving / row.rounds;
  const all = rows.reduce((sum, row) => sum + row.rest, 0) / rows.reduce((sum, row) => sum + row.rounds, 0);
  const given =
    rows.reduce((sum, row) => sum + row.restDriving, 0) / rows.reduce((sum, row) => sum + row.driving, 0);
  const meanShare = rows.reduce((sum, row) => sum + share(row), 0) / rows.length;
  const value = given / all;
  // Linearised: (C·1 − r·EC·1)/(P·EC) − r·(C − EC)/EC per batch.
  const deviations = rows.map((row) => {
    const n = row.rounds;
    const onDriving = (row.restDriving / n - given * share(row)) / (meanShare * all);
    return onDriving - (value * (row.rest / n - all)) / all;
  });
  return { mean: value, ci95: summarize(deviations).ci95 };
}
