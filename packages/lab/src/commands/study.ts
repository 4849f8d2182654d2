import { existsSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { readDocument } from '../io/documents.js';
import { CellStore } from '../study/cell-store.js';
import { print, printJson } from '../terminal/output.js';
import { cellsFolder } from './reproduce.js';

/** `metalore study status DIR`: how far a study has come. */
export function registerStudy(program: Command): void {
  program
    .command('study')
    .description('Look after studies')
    .command('status')
    .description('How far the study that writes to DIR has come')
    .argument('<dir>', 'the folder given as --out')
    .option('--json', 'print one JSON object')
    .action(status);
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
