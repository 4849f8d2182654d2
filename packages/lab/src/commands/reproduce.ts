import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { checkOutputFolder } from '../io/output-folder.js';
import { CellStore } from '../study/cell-store.js';
import { loadStudy, studyNames } from '../registry/studies.js';
import { partOf } from '../study/part.js';
import { computeCells, runStudy } from '../study/run.js';
import { finishStudy } from '../study/write-results.js';
import { print, printJson } from '../terminal/output.js';
import { withInterrupt } from '../work/interrupt.js';
import { workerCount } from '../work/pool.js';
import { placeOfWork } from './place-of-work.js';

interface ReproduceOptions {
  quick?: true;
  queue?: string | true;
  workers?: string;
  out?: string;
  fresh?: true;
  part?: string;
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
    .option(
      '--queue [url]',
      'compute on the workers of a Redis queue (metalore worker) instead of here (default: $REDIS_URL)',
    )
    .option('--out <dir>', 'folder for the results (default: runs/<name>)')
    .option('--fresh', 'compute again what an interrupted run had finished')
    .option(
      '--part <I/N>',
      'compute only one of N parts of the cells, I from 1, and write no report (default in a Slurm array: its task)',
    )
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
  const part = partOf(options.part, process.env);
  const study = await loadStudy(name);
  const placeOf = await placeOfWork(options.queue, workers);
  const out = options.out ?? path.join('runs', quick ? `${name}-quick` : name);
  await checkOutputFolder(out);
  const store = new CellStore(cellsFolder(out));
  if (options.fresh && part !== undefined) {
    const message =
      'would throw away what the other parts have computed; remove the folder before the first of them';
    throw new InvalidInputError('option', [{ path: '--fresh', message }]);
  }
  if (options.fresh) await store.remove();

  const how = (signal: AbortSignal) => ({ quick, cellsDir: store.dir, runTasks: placeOf(signal) });
  if (part !== undefined) {
    const shown = `${part.index + 1}/${part.count}`;
    const { cells, missing } = await withInterrupt((signal) => computeCells(study, { ...how(signal), part }));
    if (options.json) printJson({ study: name, quick, part: shown, cells, missing: missing.length, out });
    else {
      const done = `part ${shown} is done; ${cells - missing.length} of ${cells} cells are there`;
      print(`${name}: ${done}; metalore study collect ${out} writes the report`);
    }
    return;
  }
  const result = await withInterrupt((signal) => runStudy(study, how(signal)));
  const finished = await finishStudy(study, result, store, { out, quick, startedAt });
  if (options.json) printJson(finished);
  else print(`${finished.summary.trim()}\n\nReport: ${path.join(out, 'report.html')}`);
}
