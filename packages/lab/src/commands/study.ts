import { existsSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { addModuleOption } from './options.js';
import { readDocument } from '../io/documents.js';
import { checkOutputFolder } from '../io/output-folder.js';
import { loadStudy, studyNames } from '../registry/studies.js';
import { CellStore } from '../study/cell-store.js';
import { cellsDone, collectRows } from '../study/run.js';
import { finishStudy } from '../study/write-results.js';
import { print, printJson } from '../terminal/output.js';
import { cellsFolder } from './reproduce.js';

/** `metalore study status DIR`, how far a study has come; `metalore study collect DIR`, the report of one in parts. */
export function registerStudy(program: Command): void {
  const study = program.command('study').description('Look after studies');
  study
    .command('status')
    .description('How far the study that writes to DIR has come')
    .argument('<dir>', 'the folder given as --out')
    .option('--json', 'print one JSON object')
    .action(status);
  const collected = study
    .command('collect')
    .description(
      'Write the report of a study that was computed in parts; exit code 4 while cells are missing',
    )
    .argument('<dir>', 'the folder given as --out')
    .option('--json', 'print one JSON object')
    .action(collect);
  addModuleOption(collected);
}

/** Exit code where a study is not complete yet. */
const INCOMPLETE = 4;

async function collect(dir: string, options: { json?: true }): Promise<void> {
  const out = path.resolve(dir);
  await checkOutputFolder(out);
  const store = new CellStore(cellsFolder(out));
  const { study: name, quick, startedAt } = await store.readProgress();
  if (!studyNames().includes(name)) {
    const message = `holds cells of metalore ${name}; the same command without --part or --claim writes its result`;
    throw new InvalidInputError('study', [{ path: dir, message }]);
  }
  const study = await loadStudy(name);
  const { cells, missing } = await cellsDone(study, quick, store);
  if (missing.length > 0) {
    process.exitCode = INCOMPLETE;
    if (options.json) printJson({ study: name, quick, cells, missing });
    else print([`${name}: ${missing.length} of ${cells} cells are missing:`, ...missing].join('\n'));
    return;
  }
  const result = await collectRows(study, quick, store, cells);
  const finished = await finishStudy(study, result, store, { out, quick, startedAt: new Date(startedAt) });
  if (options.json) printJson(finished);
  else print(`${finished.summary.trim()}\n\nReport: ${path.join(dir, 'report.html')}`);
}

interface StudyStatus {
  readonly study: string;
  readonly state: 'complete' | 'in progress';
  readonly done: number;
  readonly total: number;
  readonly startedAt: string;
  /** Of work, at the pace of the last cells; null when nothing tells. */
  readonly secondsLeft: number | null;
}

async function status(dir: string, options: { json?: true }): Promise<void> {
  const found = await findStatus(path.resolve(dir));
  if (options.json) {
    printJson(found);
    return;
  }
  const { study, state, done, total, startedAt, secondsLeft } = found;
  const left = secondsLeft === null || done === total ? '' : `, about ${secondsLeft} s of work left`;
  print(`${study}: ${state}, ${done} of ${total} cells, started ${startedAt}${left}`);
}

async function findStatus(dir: string): Promise<StudyStatus> {
  const cells = dir.endsWith('.cells') ? dir : cellsFolder(dir);
  if (!existsSync(cells)) return readComplete(dir);
  const store = new CellStore(cells);
  const { study, keys, startedAt } = await store.readProgress();
  const finished = await store.finished();
  const done = keys.filter((key) => finished.has(key)).length;
  const left = (await store.secondsPerCell()) * (keys.length - done);
  const secondsLeft = Number.isNaN(left) ? null : Math.round(left);
  return { study, state: 'in progress', done, total: keys.length, startedAt, secondsLeft };
}

function readComplete(dir: string): StudyStatus {
  const file = path.join(dir, 'manifest.json');
  const manifest = (existsSync(file) ? readDocument(file) : {}) as {
    kind?: string;
    start?: string;
    details?: { cells?: number };
  };
  const study = /^(?:reproduce )?(\S+)$/.exec(manifest.kind ?? '')?.[1];
  const total = manifest.details?.cells;
  if (study === undefined || total === undefined) {
    throw new InvalidInputError('study', [{ path: dir, message: 'no study writes or wrote here' }]);
  }
  return { study, state: 'complete', done: total, total, startedAt: manifest.start ?? '', secondsLeft: 0 };
}
