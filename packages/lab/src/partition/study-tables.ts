import { RandomStream } from '@metalore/core/random';
import { sortedQuantile } from '../statistics/summary.js';
import type { PartitionRow, Variant } from './study-data.js';

/** Median and quartiles of one method at one place of a sweep; an overloaded server counts as ∞. */
export interface SweepPoint {
  readonly x: number;
  readonly variant: Variant;
  readonly low: number;
  readonly median: number;
  readonly high: number;
  readonly draws: number;
  readonly infeasible: number;
}

/** The points of a sweep, by method and place. */
export function sweepPoints(
  rows: readonly PartitionRow[],
  group: PartitionRow['group'],
  names: readonly Variant[],
  valueOf: (row: PartitionRow) => number = (row) => row.objectiveMs ?? Infinity,
): SweepPoint[] {
  return names.flatMap((variant) => {
    const own = rows.filter((row) => row.group === group && row.variant === variant);
    return distinct(own.map((row) => row.x)).map((x): SweepPoint => {
      const values = Float64Array.from(
        own.filter((row) => row.x === x),
        valueOf,
      ).sort();
      return {
        x,
        variant,
        low: sortedQuantile(values, 0.25),
        median: sortedQuantile(values, 0.5),
        high: sortedQuantile(values, 0.75),
        draws: values.length,
        infeasible: values.filter((value) => value === Infinity).length,
      };
    });
  });
}

/** Medians over draws of what `better` gains over `base`, % of the latter, by place. */
export function reductions(
  rows: readonly PartitionRow[],
  group: PartitionRow['group'],
  base: Variant,
  better: Variant,
): Map<number, number> {
  const of = (variant: Variant) => rows.filter((row) => row.group === group && row.variant === variant);
  const gains = new Map<number, number[]>();
  for (const row of of(better)) {
    const other = of(base).find(({ x, seed }) => x === row.x && seed === row.seed);
    if (row.objectiveMs === null || other === undefined) continue;
    const gain = other.objectiveMs === null ? 100 : 100 * (1 - row.objectiveMs / other.objectiveMs);
    gains.set(row.x, [...(gains.get(row.x) ?? []), gain]);
  }
  return new Map([...gains].map(([x, values]) => [x, sortedQuantile(Float64Array.from(values).sort(), 0.5)]));
}

/** Largest share of a solution that its bound leaves open, %, by method. */
export function largestGaps(rows: readonly PartitionRow[]): Map<string, number> {
  const gaps = new Map<string, number>();
  for (const { variant, objectiveMs, lowerBoundMs } of rows) {
    if (objectiveMs === null || lowerBoundMs === null) continue;
    gaps.set(variant, Math.max(gaps.get(variant) ?? 0, 100 * (1 - lowerBoundMs / objectiveMs)));
  }
  return gaps;
}

const RESAMPLES = 1000;

/**
 * How far medians over ten draws spread, which is what an independent program with ten draws of its own has to be compared
 * with: the 2.5 and 97.5 % quantiles over 1000 resamples of ten.
 */
export function tenDrawSpread(rows: readonly PartitionRow[], x: number, variant: Variant): [number, number] {
  const values = rows
    .filter((row) => row.group === 'twins' && row.x === x && row.variant === variant)
    .map((row) => row.objectiveMs ?? Infinity);
  const stream = new RandomStream(1, 'partition.resample');
  const medians = Float64Array.from({ length: RESAMPLES }, () => {
    const sample = Float64Array.from({ length: 10 }, () => values[stream.integer(values.length)]);
    return sortedQuantile(sample.sort(), 0.5);
  }).sort();
  return [sortedQuantile(medians, 0.025), sortedQuantile(medians, 0.975)];
}

export function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
