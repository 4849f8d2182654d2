import { interruptedBy } from '../work/interrupt.js';
import type { RunTasks } from '../work/pool.js';
import { version } from '../results/manifest.js';
import { startProgress } from '../terminal/progress.js';
import { note } from '../terminal/output.js';
import { CellStore, MemoryStore, cellKey } from './cell-store.js';
import { runStudyCell } from './study-cell.js';
import type { StudyCell } from './study-cell.js';
import type { Study } from './study.js';

export interface RunOptions {
  readonly quick: boolean;
  /** Folder of finished cells; what it holds already is not computed again. Without one nothing is kept. */
  readonly cellsDir?: string | undefined;
  /** Where cells are computed: this thread, worker threads, a queue. The rows are the same in all of them. */
  readonly runTasks: RunTasks;
}

export interface RunResult {
  /** Rows of all cells, in the order of the cells. */
  readonly rows: unknown[];
  readonly cells: number;
  /** Cells that an earlier, interrupted run had finished. */
  readonly resumed: number;
}

/**
 * Computes every cell of a study that is not yet in the cell folder, and collects the rows of all.
 *
 * @throws InterruptedError after Ctrl-C, with everything finished until then kept in the folder
 */
export async function runStudy(study: Study, options: RunOptions): Promise<RunResult> {
  const cells = study.cells({ quick: options.quick });
  const keys = cells.map((cell) => cellKey(study.name, cell));
  const store = options.cellsDir === undefined ? new MemoryStore() : new CellStore(options.cellsDir);
  await store.open({ study: study.name, title: study.title, quick: options.quick, version, keys });
  const finished = await store.finished();
  const pending = pendingCells(keys, finished);
  const resumed = new Set(keys).size - pending.length;
  if (resumed > 0) {
    note(`${resumed} of ${keys.length} cells were finished by an earlier run`);
    if (await store.isOlderThanProgram()) {
      note(
        'the program was built anew since then: what it computed before is kept (--fresh or a new folder to begin again)',
      );
    }
  }

  const progress = startProgress(study.title, pending.length);
  let done = 0;
  try {
    await options.runTasks(
      { name: 'study-cell', run: ({ cell }: StudyCell) => runStudyCell(study, cell) },
      pending.map((index) => ({ key: keys[index], payload: { study: study.name, cell: cells[index] } })),
      async (position, rows) => {
        const index = pending[position];
        await store.write(keys[index], cells[index], rows as unknown[]);
        done++;
        progress.advance();
      },
    );
  } catch (error) {
    throw interruptedBy(
      error,
      () =>
        `${resumed + done} of ${keys.length} cells are done and kept; the same command goes on from there`,
    );
  } finally {
    progress.stop();
  }
  const rows: unknown[] = [];
  for (const key of keys) rows.push(...(await store.read(key)));
  return { rows, cells: cells.length, resumed };
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
