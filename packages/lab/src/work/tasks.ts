import { loadStudy } from '../study/registry.js';
import type { RunSlice } from '../submetaverse/simulate.js';

/**
 * What a worker can be asked to do. A task is a pure function of its payload; payload and result are plain data that can
 * be sent between threads.
 */
export type Task = (payload: never) => unknown;

const tasks = {
  /** Rows of one cell of a study, as plain JSON. */
  'study-cell': async ({ study, cell }: { study: string; cell: unknown }): Promise<unknown> =>
    JSON.parse(JSON.stringify(await (await loadStudy(study)).runCell(cell))),
  /** Episodes of a run, as columns. */
  episodes: async (slice: RunSlice): Promise<unknown> =>
    (await import('../submetaverse/simulate.js')).runSlice(slice),
} satisfies Record<string, Task>;

export type TaskName = keyof typeof tasks;

/** Runs a task in this thread. */
export async function runTask(name: TaskName, payload: unknown): Promise<unknown> {
  return (tasks[name] as (payload: unknown) => unknown)(payload);
}
