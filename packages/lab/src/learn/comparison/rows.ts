import { tableFromRows, type Table } from '../../results/tables.js';
import { summarize, type Summary } from '../../statistics/summary.js';
import type { LinePoint } from '../../figures/lines.js';
import type { LearningRow } from './run.js';

export type EpisodeRow = Extract<LearningRow, { kind: 'episode' }>;
export type CurveRow = Extract<LearningRow, { kind: 'curve' }>;

export const episodesOf = (rows: readonly LearningRow[]): EpisodeRow[] =>
  rows.filter((row): row is EpisodeRow => row.kind === 'episode');

export const curvesOf = (rows: readonly LearningRow[]): CurveRow[] =>
  rows.filter((row): row is CurveRow => row.kind === 'curve');

export const namesOf = (rows: readonly { readonly name: string }[]): string[] => [
  ...new Set(rows.map(({ name }) => name)),
];

/** Mean of a metric by training seed, in the order of the seeds. */
export function meansBySeed(rows: readonly EpisodeRow[], name: string, metric: string): Map<number, number> {
  const own = rows.filter((row) => row.name === name);
  const seeds = [...new Set(own.map(({ seed }) => seed))].sort((a, b) => a - b);
  return new Map(
    seeds.map((seed) => [
      seed,
      summarize(own.filter((row) => row.seed === seed).map((row) => row.metrics[metric])).mean,
    ]),
  );
}

/** Differences of two learners' means, paired by training seed; those that both have. */
export function pairedDifference(
  rows: readonly EpisodeRow[],
  [first, second]: readonly [string, string],
  metric: string,
): Summary {
  const [a, b] = [meansBySeed(rows, first, metric), meansBySeed(rows, second, metric)];
  return summarize([...a].flatMap(([seed, mean]) => (b.has(seed) ? [mean - b.get(seed)!] : [])));
}

/** Points of learning curves: means over training seeds with 95 % intervals. */
export function curvePoints(rows: readonly LearningRow[], scale = 1): LinePoint[] {
  const curves = curvesOf(rows);
  return namesOf(curves).flatMap((name) => {
    const own = curves.filter((row) => row.name === name);
    return [...new Set(own.map(({ steps }) => steps))].map((steps) => {
      const { mean, ci95, n } = summarize(own.filter((row) => row.steps === steps).map(({ value }) => value));
      return { x: steps / scale, mean, ci95: n < 2 ? 0 : ci95, series: name };
    });
  });
}

/** Everything that was measured, as two tables. */
export function learningTables(prefix: string, rows: readonly LearningRow[]): Table[] {
  return [
    tableFromRows(
      `${prefix}-episodes`,
      episodesOf(rows).map(({ name, seed, episode, metrics }) => ({
        name,
        seed,
        episode,
        ...Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, value ?? NaN])),
      })),
    ),
    tableFromRows(
      `${prefix}-curves`,
      curvesOf(rows).map(({ name, seed, steps, value }) => ({ name, seed, steps, value })),
    ),
  ];
}
