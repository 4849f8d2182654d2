import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderReport } from '../figures/report.js';
import { withOutputFolder } from '../io/output-folder.js';
import { version, writeManifest } from '../results/manifest.js';
import { rowCount, writeTable } from '../results/tables.js';
import type { CellStore } from './cell-store.js';
import type { RunResult } from './run.js';
import type { Study, StudyReport } from './study.js';

/** What a command that has finished a study prints with `--json`. */
export interface FinishedStudy {
  readonly study: string;
  readonly quick: boolean;
  readonly cells: number;
  readonly resumed: number;
  readonly out: string;
  readonly tables: readonly { name: string; rows: number }[];
  readonly figures: readonly string[];
  readonly summary: string;
  readonly version: string;
}

/** Draws a study's report into the folder `out`, and removes the cells that it was made from. */
export async function finishStudy(
  study: Study,
  result: RunResult,
  store: CellStore,
  { out, quick, startedAt }: { out: string; quick: boolean; startedAt: Date },
): Promise<FinishedStudy> {
  const report = study.report(result.rows, { quick });
  await withOutputFolder(out, (dir) => writeResults(dir, study, report, result, startedAt, quick));
  await store.remove();
  return {
    study: study.name,
    quick,
    cells: result.cells,
    resumed: result.resumed,
    out,
    tables: report.tables.map((table) => ({ name: table.name, rows: rowCount(table) })),
    figures: report.figures.map((figure) => figure.name),
    summary: report.summary,
    version,
  };
}

async function writeResults(
  dir: string,
  study: Study,
  report: StudyReport,
  result: RunResult,
  startedAt: Date,
  quick: boolean,
): Promise<void> {
  // jsdom and the drawing libraries are loaded by whoever draws, not by `metalore --help`.
  const { writeFigure } = await import('../figures/write-figure.js');
  for (const table of report.tables) await writeTable(dir, table);
  await mkdir(path.join(dir, 'figures'));
  for (const figure of report.figures) await writeFigure(path.join(dir, 'figures'), figure.name, figure.svg);
  await writeFile(path.join(dir, 'summary.md'), `${report.summary.trim()}\n`);
  await writeFile(
    path.join(dir, 'report.html'),
    renderReport({
      title: study.title,
      sections: [
        { heading: '', markdown: report.summary },
        ...report.figures.map(({ caption, svg }, index) => ({
          heading: `Figure ${index + 1}`,
          svg,
          caption,
        })),
      ],
    }),
  );
  await writeManifest(dir, {
    kind: `reproduce ${study.name}`,
    startedAt,
    details: { quick, cells: result.cells },
  });
}
