import type { Scenario } from '@metalore/core/scenario';
import { tableFromRows } from '../results/tables.js';
import type { Study } from '../study/study.js';
import { METRICS, countIdle, summarizeEpisodes } from './metrics.js';
import type { Metric } from './metrics.js';
import { policyOfValue, type PolicyValue } from '../policy/policy-value.js';
import { runEpisodes } from './run-episodes.js';
import { readTraces, type Recorded } from './traces.js';

/** The coordinates of a cell of a sweep: axis name → value. */
export type Point = Readonly<Record<string, number | string>>;

/** One run of a sweep, complete in itself. */
export interface SweepCell {
  readonly point: Point;
  /** A resolved scenario, as plain JSON. */
  readonly scenario: Scenario;
  readonly policy: PolicyValue;
  readonly seed: number;
  readonly episodes: number;
  /** Absent where the scenario plays none. */
  readonly recorded?: Recorded;
}

/** Means over episodes of one cell, with `…Std` and `…Ci95`; null where no episode has a value. */
export type SweepRow = Point & {
  readonly [Column in Metric | `${Metric}Std` | `${Metric}Ci95`]: number | null;
} & {
  /** Episodes that completed no request, left out of aosi and aori. */
  readonly episodesWithoutCompletion: number;
};

/** Runs one cell: the same seed and episodes in every cell, so that differences between cells are paired. */
export async function runSweepCell(cell: SweepCell): Promise<SweepRow[]> {
  const { scenario } = cell; // validated when the cell was made
  const traces = cell.recorded === undefined ? {} : readTraces(scenario, cell.recorded.folder);
  const policy = await policyOfValue(cell.policy);
  const run = { seed: cell.seed, first: 0, count: cell.episodes };
  const { episodes } = runEpisodes(scenario, policy, run, traces);
  const summaries = summarizeEpisodes(episodes);
  const columns = METRICS.flatMap((metric) => {
    const { mean, std, ci95 } = summaries[metric];
    return [
      [metric, mean],
      [`${metric}Std`, std],
      [`${metric}Ci95`, ci95],
    ];
  });
  return [
    {
      ...cell.point,
      ...Object.fromEntries(columns),
      episodesWithoutCompletion: countIdle(episodes),
    } as SweepRow,
  ];
}

/** Rows as a table; missing numbers become NaN again. */
export function sweepTable(rows: readonly SweepRow[]): ReturnType<typeof tableFromRows> {
  return tableFromRows(
    'sweep',
    rows.map(
      (row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? NaN])) as Record<
          string,
          number | string
        >,
    ),
  );
}

/** All combinations of axis values, the last axis fastest. */
export function gridPoints(axes: Readonly<Record<string, readonly (number | string)[]>>): Point[] {
  return Object.entries(axes).reduce<Point[]>(
    (points, [name, values]) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}

/** 0, 0.1, …, 1: each axis of the paper's grid of fixed splits (section IV-B). */
export const PAPER_SPLITS = Array.from({ length: 11 }, (_, index) => index / 10);

/** The paper's grid of fixed splits over one scenario. */
export function fixedSplitCells(
  scenario: Scenario,
  run: { seed: number; episodes: number },
  extra: Point = {},
): SweepCell[] {
  return gridPoints({ rhoC: PAPER_SPLITS, rhoP: PAPER_SPLITS }).map((point) => ({
    point: { ...extra, ...point },
    scenario,
    policy: { spec: `fixed:${point.rhoC},${point.rhoP}` },
    ...run,
  }));
}

/**
 * The study behind `metalore sweep` and `metalore start`, which bring their own cells and write their own reports: workers
 * need to know only how a cell is computed.
 */
export const sweepStudy: Study<SweepCell, SweepRow> = {
  name: 'sweep',
  title: 'sweep',
  cells: () => [],
  runCell: runSweepCell,
  report: (rows) => ({ tables: [sweepTable(rows)], figures: [], summary: `${rows.length} cells` }),
};

/** {@link sweepStudy} over given cells. */
export function sweepOf(cells: readonly SweepCell[], title: string): Study {
  return { ...sweepStudy, title, cells: () => [...cells] };
}
