import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { checkOutputFolder } from '../io/output-folder.js';
import { CellStore } from '../study/cell-store.js';
import { loadStudy, studyNames } from '../registry/studies.js';
import { runStudy } from '../study/run.js';
import { finishStudy } from '../study/write-results.js';
import { print, printJson } from '../terminal/output.js';
import { withInterrupt } from '../work/interrupt.js';
import { workerCount } from '../work/pool.js';
import { addModuleOption } from './options.js';
import { placeOfWork } from './place-of-work.js';
import { addShareOptions, computeShare, shareOf, type ShareOptions } from './share-of-work.js';

interface ReproduceOptions extends ShareOptions {
  quick?: true;
  queue?: string | true;
  workers?: string;
  out?: string;
  fresh?: true;
  json?: true;
}

/** `metalore reproduce NAME`: a paper's experiments, with tables, figures and a report. */
export function registerReproduce(program: Command): void {
  const command = program
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
    .option('--fresh', 'compute again what an interrupted run had finished');
  addModuleOption(addShareOptions(command)).option('--json', 'print one JSON object').action(reproduce);
}

/** Finished cells of a study whose results go to `out`, until it is complete. */
export function cellsFolder(out: string): string {
  return `${path.resolve(out)}.cells`;
}

async function reproduce(name: string, options: ReproduceOptions): Promise<void> {
  const startedAt = new Date();
  const quick = options.quick ?? false;
  const workers = workerCount(options.workers);
  const share = shareOf(options);
  const study = await loadStudy(name);
  const placeOf = await placeOfWork(options.queue, workers);
  const out = options.out ?? path.join('runs', quick ? `${name}-quick` : name);
  await checkOutputFolder(out, { isShared: share !== undefined });
  const store = new CellStore(cellsFolder(out));
  if (options.fresh && share !== undefined) {
    const message =
      'would throw away what the others have computed; remove the folder before the first of them';
    throw new InvalidInputError('option', [{ path: '--fresh', message }]);
  }
  if (options.fresh) await store.remove();

  const how = (signal: AbortSignal) => ({ quick, cellsDir: store.dir, runTasks: placeOf(signal) });
  if (share !== undefined) {
    const then = `metalore study collect ${out} writes the report`;
    const shown = { name, out, then, json: options.json };
    return withInterrupt((signal) => computeShare(study, { ...how(signal), share }, shown));
  }
  const result = await withInterrupt((signal) => runStudy(study, how(signal)));
  const finished = await finishStudy(study, result, store, { out, quick, startedAt });
  if (options.json) printJson(finished);
  else print(`${finished.summary.trim()}\n\nReport: ${path.join(out, 'report.html')}`);
}
