import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cityScenario } from '@metalore/core/city';
import { buildProblem } from '@metalore/core/partition';
import type { PartitionInstance } from '@metalore/core/partition';
import { writeFigure } from '../figures/write-figure.js';
import { renderReport, type ReportSection } from '../figures/report.js';
import { writeManifest } from '../results/manifest.js';
import { writeTable } from '../results/tables.js';
import { formatNumber } from '../terminal/output.js';
import type { CityCell, CityRow } from './cells.js';
import { ageMapFigure, commonAge, methodsFigure } from './figures.js';
import {
  ACCOUNT_HEAD,
  accountRows,
  differenceHead,
  differenceRows,
  infeasibleText,
  RESULT_HEAD,
  resultRows,
  unitsText,
} from './summary.js';
import { BASE_METHOD, compare, episodesTable } from './tables.js';

/** What one city was run with. */
export interface CityResult {
  readonly instance: PartitionInstance;
  readonly cells: readonly CityCell[];
  readonly rows: readonly CityRow[];
  readonly lead: string;
  readonly startedAt: Date;
}

/** Writes what `metalore city` leaves: report, figures, a table of episodes, and a scenario per method. */
export async function writeCity(dir: string, result: CityResult): Promise<void> {
  const { instance, cells, rows, lead, startedAt } = result;
  const figures = cityFigures(instance, rows);
  await mkdir(path.join(dir, 'figures'));
  for (const { name, svg } of figures) await writeFigure(path.join(dir, 'figures'), name, svg);
  await writeTable(dir, episodesTable(rows));
  await writeFile(
    path.join(dir, 'report.html'),
    renderReport({
      title: `${instance.name ?? 'City'}: partitioned and run`,
      lead,
      sections: [
        ...tableSections(rows),
        ...figures.map(({ caption, svg }) => ({ heading: '', caption, svg })),
      ],
    }),
  );
  await writeScenarios(dir, instance, cells, rows);
  const [{ options, seed, episodes }] = cells;
  const policies = [...new Set(rows.map((row) => row.policy))];
  const details = { ...options, episodes, policies };
  await writeManifest(dir, { kind: 'city', scenario: instance, seed, startedAt, details });
}

function tableSections(rows: readonly CityRow[]): ReportSection[] {
  const comparisons = compare(rows, BASE_METHOD);
  const differences = differenceRows(comparisons);
  const accounts = rows.filter((row) => row.maps !== undefined);
  return [
    {
      heading: 'Methods and policies',
      paragraphs: infeasibleText(rows),
      table: { head: RESULT_HEAD, rows: resultRows(comparisons) },
      caption: 'means and 95 % intervals over episodes',
    },
    ...(differences.length === 0
      ? []
      : [
          {
            heading: `Paired differences from ${BASE_METHOD}`,
            paragraphs: ['The same policy, the same people and random numbers.'],
            table: { head: differenceHead(BASE_METHOD), rows: differences },
          },
        ]),
    ...accounts.map(({ method, maps }) => ({
      heading: `Accounts of ${method}: thought by the partition / held by the scenario`,
      paragraphs: [unitsText(maps!.units)],
      table: { head: ACCOUNT_HEAD, rows: accountRows(maps!.accounts) },
    })),
  ];
}

function cityFigures(instance: PartitionInstance, rows: readonly CityRow[]) {
  const comparisons = compare(rows, BASE_METHOD);
  const mapped = rows.filter((row) => row.maps !== undefined);
  const most = commonAge(mapped.map(({ maps }) => maps!));
  return [
    ...(['aosi', 'aori'] as const).map((metric) => ({
      name: `methods-${metric}`,
      caption: `${metric === 'aosi' ? 'AoSI' : 'AoRI'} of every method and policy`,
      svg: methodsFigure(comparisons, metric),
    })),
    ...mapped.map(({ method, policy, objectiveMs, maps }) => ({
      name: `ages-${method}`,
      caption: `AoSI by place under ${method}, policy ${policy}; lines: borders of regions, triangles: servers`,
      svg: ageMapFigure(instance, maps!, {
        title: `AoSI by place: ${method}`,
        subtitle: `policy ${policy}; J = ${formatNumber(objectiveMs!)} ms`,
        most,
      }),
    })),
  ];
}

async function writeScenarios(
  dir: string,
  instance: PartitionInstance,
  cells: readonly CityCell[],
  rows: readonly CityRow[],
): Promise<void> {
  const { writeCityScenario } = await import('./write-scenario.js');
  const problem = buildProblem(instance);
  const found = rows.filter((row) => row.maps !== undefined);
  for (const { method, maps } of found) {
    const solution = { labels: Uint16Array.from(maps!.labels), twins: maps!.twins };
    await writeCityScenario(path.join(dir, method), cityScenario(problem, solution, cells[0].options));
  }
}
