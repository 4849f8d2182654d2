import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Scenario } from '@metalore/core/scenario';
import { renderReport } from '../figures/report.js';
import { writeManifest } from '../results/manifest.js';
import { writeTable } from '../results/tables.js';
import type { TableFormat } from '../results/tables.js';
import type { Figure } from './figures.js';
import { METRICS, METRIC_TITLES } from './metrics.js';
import type { SweepRow } from './sweep.js';
import { sweepTable } from './sweep.js';
import { writeFigures } from './write-run.js';

export interface SweepResult {
  readonly scenario: Scenario;
  readonly axes: Readonly<Record<string, readonly (number | string)[]>>;
  readonly episodes: number;
  readonly seed: number;
  readonly format: TableFormat;
  readonly startedAt: Date;
}

/** Writes what a sweep leaves: its table, the trade-off planes, a report and the manifest. */
export async function writeSweep(dir: string, rows: readonly SweepRow[], sweep: SweepResult): Promise<void> {
  const { scenario, axes, episodes, seed, format, startedAt } = sweep;
  await writeTable(dir, sweepTable(rows), format);
  const figures = await sweepFigures(rows);
  await writeFigures(dir, figures);
  const names = Object.keys(axes);
  await writeFile(
    path.join(dir, 'report.html'),
    renderReport({
      title: `Sweep of ${scenario.name} over ${names.join(', ')}`,
      lead: `${rows.length} cells, ${episodes} episodes each, seed ${seed}.`,
      sections: [
        ...figures.map(({ caption, svg }, index) => ({ heading: `Figure ${index + 1}`, svg, caption })),
        {
          heading: 'All cells',
          table: {
            head: [...names, ...METRICS.map((metric) => METRIC_TITLES[metric])],
            rows: rows.map((row) => [
              ...names.map((name) => row[name]),
              ...METRICS.map((metric) => row[metric] ?? NaN),
            ]),
          },
        },
      ],
    }),
  );
  await writeManifest(dir, {
    kind: 'sweep',
    scenario,
    seed,
    startedAt,
    details: { cells: rows.length, axes, episodes, format },
  });
}

/** The two planes of the paper's Figs 4 and 5. */
export async function sweepFigures(rows: readonly SweepRow[]): Promise<Figure[]> {
  const { tradeoffFigure } = await import('./tradeoff-figures.js');
  return [
    {
      name: 'tradeoff-served',
      caption: 'Requests served over AoSI, as the paper’s Fig. 4: better is up and to the left',
      svg: tradeoffFigure(rows, 'served'),
    },
    {
      name: 'tradeoff-aori',
      caption: 'AoRI over AoSI, as the paper’s Fig. 5: better is down and to the left',
      svg: tradeoffFigure(rows, 'aori'),
    },
  ];
}
