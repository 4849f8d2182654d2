import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PolicyValue } from '../policy/policy-value.js';
import { renderReport } from '../figures/report.js';
import type { Report } from '../figures/report.js';
import { writeManifest } from '../results/manifest.js';
import { writeTable } from '../results/tables.js';
import type { TableFormat } from '../results/tables.js';
import { withDeviceNames } from './columns.js';
import type { Figure } from './figures.js';
import { METRICS, METRIC_TITLES } from './metrics.js';
import type { MetricSummaries } from './metrics.js';
import type { EpisodeRecords } from './run-episodes.js';
import type { Run } from './simulate.js';

export const TABLES = ['episodes', 'requests', 'steps'] as const;
export type TableName = (typeof TABLES)[number];

export interface WriteRunOptions {
  readonly tables: readonly TableName[];
  readonly format: TableFormat;
  /** Figures and a report beside the tables. */
  readonly report: boolean;
  readonly startedAt: Date;
}

/** Writes what a run leaves: tables, figures, a report and the manifest. */
export async function writeRun(
  dir: string,
  run: Run,
  records: EpisodeRecords,
  metrics: MetricSummaries,
  options: WriteRunOptions,
): Promise<void> {
  await writeRunTables(dir, run, records, options);
  if (options.report) await writeRunReport(dir, run, records, metrics);
  await writePolicy(dir, run.policy);
  await writeManifest(dir, {
    kind: 'simulate',
    scenario: run.scenario,
    policy: run.policy.spec,
    seed: run.seed,
    startedAt: options.startedAt,
    details: { episodes: run.episodes, tables: options.tables, format: options.format },
  });
}

/** A run holds the trained policy that it ran: it can be watched, and run again, wherever the folder goes. */
async function writePolicy(dir: string, { file }: PolicyValue): Promise<void> {
  if (file === undefined) return;
  const name = `policy${path.extname(file.name).toLowerCase()}`;
  await writeFile(path.join(dir, name), Buffer.from(file.base64, 'base64'));
}

async function writeRunReport(
  dir: string,
  run: Run,
  records: EpisodeRecords,
  metrics: MetricSummaries,
): Promise<void> {
  const { runFigures } = await import('./figures.js');
  const figures = records.profile === undefined ? [] : runFigures(records.profile, run.policy.spec);
  await writeFigures(dir, figures);
  await writeFile(path.join(dir, 'report.html'), renderReport(runReport(run, metrics, figures)));
}

async function writeRunTables(
  dir: string,
  run: Run,
  records: EpisodeRecords,
  { tables, format }: WriteRunOptions,
): Promise<void> {
  if (tables.includes('episodes')) {
    const { rhoCSum: _sumC, rhoPSum: _sumP, ...columns } = records.episodes; // their means stand beside
    await writeTable(dir, { name: 'episodes', columns }, format);
    if (run.scenario.cells.length > 1)
      await writeTable(dir, { name: 'cells', columns: records.cells }, format);
  }
  if (tables.includes('requests')) {
    const names = { device: 'ue', sensor: 'sensor' };
    const table = withDeviceNames('requests', records.requests, names, ['updateCreated', 'aosi']);
    await writeTable(dir, table, format);
  }
  if (tables.includes('steps')) await writeTable(dir, { name: 'steps', columns: records.steps }, format);
}

/** Writes figures to `<dir>/figures`, as SVG and PNG. */
export async function writeFigures(dir: string, figures: readonly Figure[]): Promise<void> {
  const { writeFigure } = await import('../figures/write-figure.js');
  await mkdir(path.join(dir, 'figures'), { recursive: true });
  for (const { name, svg } of figures) await writeFigure(path.join(dir, 'figures'), name, svg);
}

function runReport(run: Run, metrics: MetricSummaries, figures: readonly Figure[]): Report {
  return {
    title: `${run.scenario.name}: ${run.policy}`,
    lead: `${run.scenario.description} ${run.episodes} episodes of ${run.scenario.episodeSteps} steps, seed ${run.seed}.`.trim(),
    sections: [
      {
        heading: 'Metrics',
        paragraphs: [
          'Mean over episodes with its 95 % confidence interval (Student), and the standard deviation.',
        ],
        table: {
          head: ['metric', 'mean', '± 95 %', 'std'],
          rows: METRICS.map((metric) => [
            METRIC_TITLES[metric],
            metrics[metric].mean,
            metrics[metric].ci95,
            metrics[metric].std,
          ]),
        },
      },
      ...figures.map(({ name, caption, svg }) => ({ heading: FIGURE_TITLES[name] ?? name, svg, caption })),
    ],
  };
}

const FIGURE_TITLES: Readonly<Record<string, string>> = {
  queues: 'Queues over time',
  ages: 'Ages over time',
  'age-distributions': 'Distribution of the ages',
  splits: 'Splits over time',
};
