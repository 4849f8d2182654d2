import type { CityEpisode } from '@metalore/core/city';
import { tableFromRows, type Table } from '../results/tables.js';
import { summarize, type Summary } from '../statistics/summary.js';
import type { CityRow } from './cells.js';

/** The method that the others are compared with. */
export const BASE_METHOD = 'snr';

/** What a city is judged by, with the words of tables and axes. */
export const CITY_METRICS = {
  aosi: 'AoSI (ms)',
  aori: 'AoRI (ms)',
  served: 'served',
  lateShare: 'late',
  worstAosi: 'worst cell AoSI (ms)',
  handovers: 'handovers',
  jain: 'Jain index',
  busiest: 'busiest server',
  reward: 'reward',
} as const satisfies Partial<Record<keyof CityEpisode, string>>;
export type CityMetric = keyof typeof CITY_METRICS;

/** A method and a policy at one place of a study. */
export type Variant = Pick<CityRow, 'group' | 'x' | 'method' | 'policy'>;

/** Metrics that episodes hold in steps. */
const AGES: readonly CityMetric[] = ['aosi', 'aori', 'worstAosi'];

/**
 * Values of a metric, one per repetition: of several draws of the twins their means over episodes, of a single draw its
 * episodes. Repetitions of two variants with the same number saw the same people.
 */
export function repetitions(rows: readonly CityRow[], metric: CityMetric): number[] {
  const of = ({ episodes, stepMs }: CityRow) =>
    episodes.map((episode) => (episode[metric] ?? NaN) * (AGES.includes(metric) ? stepMs : 1));
  const meanOf = (values: readonly number[]) => summarize(values).mean;
  return rows.length === 1 ? of(rows[0]) : rows.map((row) => meanOf(of(row)));
}

/** Rows by variant, in the order in which they came. */
export function byVariant(rows: readonly CityRow[]): { variant: Variant; rows: CityRow[] }[] {
  const groups = new Map<string, { variant: Variant; rows: CityRow[] }>();
  for (const row of rows) {
    const { group, x, method, policy } = row;
    const variant = { group, x, method, policy };
    const key = JSON.stringify(variant);
    if (!groups.has(key)) groups.set(key, { variant, rows: [] });
    groups.get(key)!.rows.push(row);
  }
  return [...groups.values()];
}

/** A metric of every variant, with its interval, and its paired difference from the same policy under `base`. */
export interface Comparison {
  readonly variant: Variant;
  readonly values: Readonly<Record<CityMetric, Summary>>;
  /** Paired; undefined of the base itself. */
  readonly difference?: Readonly<Record<CityMetric, Summary>>;
  /** J in the mean over draws, ms; NaN where a draw had no partition. */
  readonly objectiveMs: number;
  /** Draws for which the method found no partition. */
  readonly infeasible: number;
}

/** Compares every method with `base` under the same policy, place by place. */
export function compare(rows: readonly CityRow[], base: string): Comparison[] {
  const groups = byVariant(rows);
  const summaries = (of: (metric: CityMetric) => number[]) =>
    Object.fromEntries(
      (Object.keys(CITY_METRICS) as CityMetric[]).map((metric) => [metric, summarize(of(metric))]),
    ) as Record<CityMetric, Summary>;
  return groups.map(({ variant, rows: own }) => {
    const same = groups.find(
      ({ variant: other }) =>
        other.method === base &&
        other.group === variant.group &&
        other.x === variant.x &&
        other.policy === variant.policy,
    );
    return {
      variant,
      values: summaries((metric) => repetitions(own, metric)),
      ...(same !== undefined &&
        variant.method !== base && {
          difference: summaries((metric) => {
            const theirs = repetitions(same.rows, metric);
            return repetitions(own, metric).map((value, at) => value - (theirs[at] ?? NaN));
          }),
        }),
      objectiveMs: summarize(own.map((row) => row.objectiveMs ?? NaN)).mean,
      infeasible: own.filter((row) => row.objectiveMs === null).length,
    };
  });
}

/** One row per episode. */
export function episodesTable(rows: readonly CityRow[]): Table {
  return tableFromRows(
    'episodes',
    rows.flatMap(({ group, x, draw, method, policy, stepMs, objectiveMs, episodes }) =>
      episodes.map((episode, at) => ({
        group,
        x,
        draw,
        method,
        policy,
        stepMs,
        objectiveMs: objectiveMs ?? NaN,
        episode: at,
        ...Object.fromEntries(Object.entries(episode).map(([name, value]) => [name, value ?? NaN])),
      })),
    ),
  );
}
