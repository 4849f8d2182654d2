import jstat from 'jstat';

/** A sample in short. */
export interface Summary {
  /** Values counted; NaN are left out. */
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1 in the denominator); NaN for fewer than two values. */
  readonly std: number;
  /** Half width of the 95 % confidence interval of the mean, Student's t; NaN for fewer than two values. */
  readonly ci95: number;
  readonly median: number;
}

/** Mean, spread and 95 % confidence interval of independent values. NaN are left out and not counted in `n`. */
export function summarize(values: ArrayLike<number>): Summary {
  const sample = Float64Array.from(values).filter((value) => !Number.isNaN(value));
  const n = sample.length;
  if (n === 0) return { n, mean: NaN, std: NaN, ci95: NaN, median: NaN };
  let sum = 0;
  for (const value of sample) sum += value;
  const mean = sum / n;
  let squares = 0;
  for (const value of sample) squares += (value - mean) * (value - mean);
  const std = n < 2 ? NaN : Math.sqrt(squares / (n - 1));
  sample.sort();
  return { n, mean, std, ci95: confidenceHalfWidth(std, n), median: sortedQuantile(sample, 0.5) };
}

/**
 * Half width of a two-sided confidence interval of a mean: t(n − 1, (1 + level) / 2) · std / √n.
 *
 * @param level in (0, 1)
 */
export function confidenceHalfWidth(std: number, n: number, level = 0.95): number {
  return n < 2 ? NaN : (jstat.studentt.inv((1 + level) / 2, n - 1) * std) / Math.sqrt(n);
}

/**
 * A share with its 95 % confidence interval (Wilson 1927).
 *
 * @param count of `of`, from 0 to it
 */
export function proportion(count: number, of: number): { share: number; low: number; high: number } {
  const z = 1.959964;
  const share = count / of;
  const centre = (share + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  return { share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** A mean with its 95 % interval as text: `1.234 ± 0.005`; alone where a single value has none, empty without a value. */
export function withInterval({ mean, ci95 }: Pick<Summary, 'mean' | 'ci95'>, digits = 3): string {
  if (Number.isNaN(mean)) return '';
  if (Number.isNaN(ci95)) return mean.toFixed(digits);
  return `${mean.toFixed(digits)} ± ${ci95.toFixed(digits)}`;
}

/** Quantile of ascending values by linear interpolation (type 7 of Hyndman and Fan). @param p in [0, 1] */
export function sortedQuantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) return NaN;
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
