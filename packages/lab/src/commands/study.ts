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
}

async function status(dir: string, options: { json?: true }): Promise<void> {
  const found = await findStatus(dir);
  if (options.json) printJson(found);
  else
    print(
      `${found.study}: ${found.state}, ${found.done} of ${found.total} cells, started ${found.startedAt}`,
    );
}

async function findStatus(dir: string): Promise<StudyStatus> {
  const cells = dir.endsWith('.cells') ? dir : cellsFolder(dir);
  if (existsSync(cells)) {
    const store = new CellStore(cells);
    const { study, keys, startedAt } = await store.readProgress();
    const finished = await store.finished();
    const done = keys.filter((key) => finished.has(key)).length;
    return { study, state: 'in progress', done, total: keys.length, startedAt };
  }
  const manifestFile = path.join(dir, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new InvalidInputError('study', [{ path: dir, message: 'no study writes or wrote here' }]);
  }
  const manifest = readDocument(manifestFile) as {
    kind: string;
    start: string;
    details?: { cells?: number };
  };
  const total = manifest.details?.cells ?? 0;
  return {
    study: manifest.kind.replace(/^reproduce /, ''),
    state: 'complete',
    done: total,
    total,
    startedAt: manifest.start,
  };
}
