import { summarize } from '../statistics/summary.js';
import { refuseInfinite } from '../terminal/output.js';
import { sumOf } from './columns.js';
import type { EpisodeRecords } from './run-episodes.js';

/** The metrics that every table of the sub-metaverse names, in this order. */
export const METRICS = ['aosi', 'aori', 'served', 'reward', 'late'] as const;
export type Metric = (typeof METRICS)[number];

export const METRIC_TITLES: Readonly<Record<Metric, string>> = {
  aosi: 'AoSI (steps)',
  aori: 'AoRI (steps)',
  served: 'served (fraction)',
  reward: 'reward (per episode)',
  late: 'late requests (per episode)',
};

/** A metric over episodes. */
export interface MetricSummary {
  readonly mean: number;
  readonly std: number;
  readonly ci95: number;
}

export type MetricSummaries = Readonly<Record<Metric, MetricSummary>>;

/**
 * Mean, standard deviation and 95 % interval over episodes; those without a value (no request completed) are left out.
 *
 * @throws InvalidInputError a sum has left the range of double precision
 */
export function summarizeEpisodes(episodes: EpisodeRecords['episodes']): MetricSummaries {
  const summaries = Object.fromEntries(
    METRICS.map((metric) => {
      const { mean, std, ci95 } = summarize(episodes[metric]);
      return [metric, { mean, std, ci95 }];
    }),
  ) as Record<Metric, MetricSummary>;
  refuseInfinite(summaries);
  return summaries;
}

/** The metrics of every cell by itself. @param cells rows of all episodes and cells */
export function summarizeCells(
  cells: EpisodeRecords['cells'],
  count: number,
): { metrics: MetricSummaries }[] {
  return Array.from({ length: count }, (_, cell) => {
    const rows = Array.from(cells.cell.keys()).filter((row) => cells.cell[row] === cell);
    const own = Object.fromEntries(
      METRICS.map((metric) => [metric, Float64Array.from(rows, (row) => cells[metric][row])]),
    );
    return { metrics: summarizeEpisodes(own) };
  });
}

/** How many episodes completed no request, and so have neither AoSI nor AoRI. */
export function countIdle(episodes: EpisodeRecords['episodes']): number {
  return sumOf(Float64Array.from(episodes.aori, (value) => (Number.isNaN(value) ? 1 : 0)));
}
