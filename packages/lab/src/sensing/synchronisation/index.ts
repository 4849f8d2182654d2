import { linesFigure, type LinePoint } from '../../figures/lines.js';
import { tableFromRows } from '../../results/tables.js';
import { summarize, withInterval } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { Study, StudyReport } from '../../study/study.js';
import { runTwinCell, twinCells, type TwinCell, type TwinRow } from './cells.js';

/**
 * Sensing meets synchronisation: what a twin's position costs in intervals and splits, beside AoSI.
 * `metalore reproduce sensing-twin`.
 */
export const sensingTwinStudy: Study<TwinCell, TwinRow> = {
  name: 'sensing-twin',
  title: 'Sensing as a twin’s update',
  cells: ({ quick }) => twinCells(quick),
  runCell: runTwinCell,
  report: twinReport,
};

const splitOf = ({ rhoC, rhoP }: TwinRow): string => `ρC ${rhoC}, ρP ${rhoP}`;

function twinReport(rows: readonly TwinRow[]): StudyReport {
  const splits = [...new Set(rows.map(splitOf))];
  const intervals = [...new Set(rows.map(({ intervalSteps }) => intervalSteps))];
  const groups = splits.flatMap((split) =>
    intervals.map((interval) => ({
      split,
      interval,
      own: rows.filter((row) => splitOf(row) === split && row.intervalSteps === interval),
    })),
  );
  const mean = (own: readonly TwinRow[], field: keyof TwinRow) =>
    summarize(own.map((row) => (row[field] as number | null) ?? NaN));
  const table = markdownTable(
    [
      'users’ share',
      'interval, steps',
      'age, steps',
      'moved since, m',
      'missed, m',
      'twin holds: error, m',
      'twin predicts: error, m',
      'AoSI, steps',
    ],
    groups.map(({ split, interval, own }) => [
      split,
      String(interval),
      ...(['ageSteps', 'movedM', 'missedM', 'holdM', 'kalmanM', 'aosi'] as const).map((field) =>
        withInterval(mean(own, field), 2),
      ),
    ]),
  );
  const line = (field: 'holdM' | 'kalmanM', name: string): LinePoint[] =>
    groups.map(({ split, interval, own }) => ({
      series: `${name}, ${split}`,
      x: interval,
      ...mean(own, field),
    }));
  return {
    tables: [
      tableFromRows(
        'sensing-twin',
        rows.map((row) => ({ ...row })),
      ),
    ],
    figures: [
      {
        name: 'sensing-twin',
        caption:
          'Error of the twins’ positions over the interval between measurements, with 95 % intervals: held where they were last measured, or moved on as a Kalman filter expects.',
        svg: linesFigure([...line('holdM', 'holds'), ...line('kalmanM', 'predicts')], {
          title: 'Error of the twins’ positions',
          x: 'steps between measurements',
          y: 'm',
          isLogX: true,
          isZeroBased: true,
        }),
      },
    ],
    summary: `Fifteen sensors watch ten UEs; every measurement travels through the queues of the cell.\n\n${table}`,
  };
}
