import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { renderReport } from '../figures/report.js';
import { checkOutputFolder, withOutputFolder } from '../io/output-folder.js';
import { version, writeManifest } from '../results/manifest.js';
import { rowCount, writeTable } from '../results/tables.js';
import { CellStore } from '../study/cell-store.js';
import { loadStudy, studyNames } from '../registry/studies.js';
import { runStudy } from '../study/run.js';
import type { RunResult } from '../study/run.js';
import type { Study, StudyReport } from '../study/study.js';
import { print, printJson } from '../terminal/output.js';
import { withInterrupt } from '../work/interrupt.js';
import { runHere, workerCount } from '../work/pool.js';
import type { RunTasks } from '../work/pool.js';

interface ReproduceOptions {
  quick?: true;
  queue?: string;
  workers?: string;
  out?: string;
  fresh?: true;
  json?: true;
}

/** `metalore reproduce NAME`: a paper's experiments, with tables, figures and a report. */
export function registerReproduce(program: Command): void {
  program
    .command('reproduce')
    .description(`Run a study and write its tables, figures and report. Studies: ${studyNames().join(', ')}`)
    .argument('<name>', 'the study')
    .option('--quick', 'a small form of the study, in minutes')
    .option('--workers <n>', 'worker threads (default: one per core, at most 8)')
    .option('--queue <url>', 'compute on the workers of a Redis queue (metalore worker) instead of here')
    .option('--out <dir>', 'folder for the results (default: runs/<name>)')
    .option('--fresh', 'compute again what an interrupted run had finished')
    .option('--json', 'print one JSON object')
    .action(reproduce);
}

/** Finished cells of a study whose results go to `out`, until it is complete. */
export function cellsFolder(out: string): string {
  return `${path.resolve(out)}.cells`;
}

async function reproduce(name: string, options: ReproduceOptions): Promise<void> {
  const startedAt = new Date();
  const quick = options.quick ?? false;
  const workers = workerCount(options.workers);
  const study = await loadStudy(name);
  const placeOf = await placeOfWork(options.queue, workers);
  const out = options.out ?? path.join('runs', quick ? `${name}-quick` : name);
  await checkOutputFolder(out);
  const store = new CellStore(cellsFolder(out));
  if (options.fresh) await store.remove();

  const result = await withInterrupt((signal) =>
    runStudy(study, { quick, cellsDir: store.dir, runTasks: placeOf(signal) }),
  );
  const report = study.report(result.rows, { quick });
  await withOutputFolder(out, (dir) => writeResults(dir, study, report, result, startedAt, quick));
  await store.remove();

  if (options.json) {
    printJson({
      study: name,
      quick,
      cells: result.cells,
      resumed: result.resumed,
      out,
      tables: report.tables.map((table) => ({ name: table.name, rows: rowCount(table) })),
      figures: report.figures.map((figure) => figure.name),
      summary: report.summary,
      version,
    });
  } else {
    print(`${report.summary.trim()}\n\nReport: ${path.join(out, 'report.html')}`);
  }
}

/** Where cells are computed: this thread, worker threads, or workers on a queue. */
async function placeOfWork(
  queue: string | undefined,
  workers: number,
): Promise<(signal: AbortSignal) => RunTasks> {
  if (queue === undefined) return (signal) => runHere(workers, signal);
  const { onQueue } = await import('../study/queue.js');
  return (signal) => onQueue(queue, signal);
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
  const { writeFigure } = await import('../figures/render.js');
  const { mkdir } = await import('node:fs/promises');
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
