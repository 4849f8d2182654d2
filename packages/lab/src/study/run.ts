import { setTimeout } from 'node:timers/promises';
import { interruptedBy } from '../work/interrupt.js';
import type { RunTasks } from '../work/pool.js';
import { version } from '../results/manifest.js';
import { startProgress } from '../terminal/progress.js';
import { note } from '../terminal/output.js';
import { CellStore, MemoryStore, cellKey } from './cell-store.js';
import { Claims } from '../io/claims.js';
import { runStudyCell } from './study-cell.js';
import type { Part } from './part.js';
import { programHash } from './program.js';
import type { StudyCell } from './study-cell.js';
import type { Study } from './study.js';

export interface RunOptions {
  readonly quick: boolean;
  /** Folder of finished cells; what it holds already is not computed again. Without one nothing is kept. */
  readonly cellsDir?: string | undefined;
  /** Where cells are computed: this thread, worker threads, a queue. The rows are the same in all of them. */
  readonly runTasks: RunTasks;
}

/** What stands in a study's cell folder. */
export interface CellsDone {
  readonly cells: number;
  /** Cells that an earlier, interrupted run had finished, or other parts have. */
  readonly resumed: number;
  /** Keys of those that are not there yet, each once. */
  readonly missing: readonly string[];
}

export interface RunResult {
  /** Rows of all cells, in the order of the cells. */
  readonly rows: unknown[];
  readonly cells: number;
  /** Cells that an earlier, interrupted run had finished. */
  readonly resumed: number;
}

/** Between two looks at what other processes have done, ms. */
const LOOK_MS = 1000;

/**
 * Computes every cell of a study that is not yet in the cell folder, and collects the rows of all.
 *
 * @throws InterruptedError after Ctrl-C, with everything finished until then kept in the folder
 */
export async function runStudy(study: Study, options: RunOptions): Promise<RunResult> {
  const store = options.cellsDir === undefined ? new MemoryStore() : new CellStore(options.cellsDir);
  const { resumed } = await compute(study, options, store);
  return collectRows(study, options.quick, store, resumed);
}

/** How processes that write to one folder share the cells: each a part, or whoever is free takes the next. */
export type Share =
  | { readonly part: Part }
  /** A cell whose process has not been seen alive for so long is taken by another. */
  | { readonly leaseMs: number };

/**
 * The same for a share of the cells; the rows stay in the folder. A process that claims cells stays until all are done, as
 * those of one that dies are left to it.
 */
export async function computeCells(
  study: Study,
  options: RunOptions & { readonly cellsDir: string; readonly share: Share },
): Promise<CellsDone> {
  return compute(study, options, new CellStore(options.cellsDir), options.share);
}

/** Rows of a study whose cells are all there. */
export async function collectRows(
  study: Study,
  quick: boolean,
  store: CellStore | MemoryStore,
  resumed: number,
): Promise<RunResult> {
  const keys = keysOf(study, study.cells({ quick }));
  const rows: unknown[] = [];
  for (const key of keys) rows.push(...(await store.read(key)));
  return { rows, cells: keys.length, resumed };
}

/** What of a study is in its cell folder. */
export async function cellsDone(study: Study, quick: boolean, store: CellStore): Promise<CellsDone> {
  const keys = keysOf(study, study.cells({ quick }));
  return doneOf(keys, await store.finished());
}

function doneOf(keys: readonly string[], finished: ReadonlySet<string>): CellsDone {
  const missing = pendingCells(keys, finished).map((index) => keys[index]);
  return { cells: keys.length, resumed: new Set(keys).size - missing.length, missing };
}

const keysOf = (study: Study, cells: readonly unknown[]) => cells.map((cell) => cellKey(study.name, cell));

async function compute(
  study: Study,
  options: RunOptions,
  store: CellStore | MemoryStore,
  share?: Share,
): Promise<CellsDone> {
  const cells = study.cells({ quick: options.quick });
  const keys = keysOf(study, cells);
  await openStore(study, options.quick, store, keys);
  const finished = await store.finished();
  const { resumed } = doneOf(keys, finished);
  // Equal cells are done together, so what is pending is the first of them, and in the same part for everybody.
  const pending = pendingCells(keys, finished).filter((index) => isOf(share, index));
  if (resumed > 0) {
    const whom = share === undefined ? 'an earlier run' : 'an earlier run or another process';
    note(`${resumed} of ${keys.length} cells were finished by ${whom}`);
  }

  const progress = startProgress(study.title, pending.length);
  let done = 0;
  const run = (those: readonly number[], claims?: Claims) =>
    options.runTasks(
      { name: 'study-cell', run: ({ cell }: StudyCell) => runStudyCell(study, cell) },
      those.map((index) => ({ key: keys[index], payload: { study: study.name, cell: cells[index] } })),
      async (position, rows) => {
        const index = those[position];
        await store.write(keys[index], cells[index], rows as unknown[]);
        await claims?.release(keys[index]);
        done++;
        progress.advance();
      },
      claims && ((position) => isMine(claims, store, keys[those[position]])),
    );
  try {
    if (share === undefined || 'part' in share) await run(pending);
    else await claimUntilDone(options.cellsDir!, share.leaseMs, store, keys, run);
  } catch (error) {
    throw interruptedBy(
      error,
      () =>
        `${resumed + done} of ${keys.length} cells are done and kept; the same command goes on from there`,
    );
  } finally {
    progress.stop();
  }
  return { ...doneOf(keys, await store.finished()), resumed };
}

/** Says what the folder is for, and what of it cannot be used. */
async function openStore(
  study: Study,
  quick: boolean,
  store: CellStore | MemoryStore,
  keys: readonly string[],
): Promise<void> {
  const left = await store.leftByOthers(keys);
  if (left > 0) {
    note(`${left} cells there are of another build of the program; what is wanted of them is computed again`);
  }
  await store.open({ study: study.name, title: study.title, quick, version, program: programHash(), keys });
}

function isOf(share: Share | undefined, index: number): boolean {
  return share === undefined || !('part' in share) || index % share.part.count === share.part.index;
}

/** Runs what nobody has claimed, and what the dead have, until every cell is there. */
async function claimUntilDone(
  dir: string,
  leaseMs: number,
  store: CellStore | MemoryStore,
  keys: readonly string[],
  run: (those: readonly number[], claims: Claims) => Promise<void>,
): Promise<void> {
  const claims = new Claims(dir, leaseMs);
  try {
    for (;;) {
      const pending = pendingCells(keys, await store.finished());
      if (pending.length === 0) return;
      const free = [];
      for (const index of pending) if (await claims.isFree(keys[index])) free.push(index);
      await run(free, claims);
      if (free.length === 0) await setTimeout(Math.min(LOOK_MS, leaseMs / 4));
    }
  } finally {
    await claims.end();
  }
}

/** Claims a cell, unless its rows came in the meantime. */
async function isMine(claims: Claims, store: CellStore | MemoryStore, key: string): Promise<boolean> {
  if (!(await claims.take(key))) return false;
  if (!(await store.has(key))) return true;
  await claims.release(key);
  return false;
}

/** Positions of cells still to compute; equal cells are computed once. */
function pendingCells(keys: readonly string[], finished: ReadonlySet<string>): number[] {
  const taken = new Set(finished);
  return keys.flatMap((key, index) => {
    if (taken.has(key)) return [];
    taken.add(key);
    return [index];
  });
}
