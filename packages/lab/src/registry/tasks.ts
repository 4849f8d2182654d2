import { runStudyCell } from '../study/study-cell.js';
import type { StudyCell } from '../study/study-cell.js';
import type { RunSlice } from '../submetaverse/simulate.js';
import { loadStudy } from './studies.js';

/** Every task by its name. What it needs is loaded on demand: a worker that computes one need not load the others. */
const tasks: Readonly<Record<string, (payload: never) => unknown>> = {
  /** Rows of one cell of a study. */
  'study-cell': async ({ study, cell }: StudyCell) => runStudyCell(await loadStudy(study), cell),
  /** Episodes of a run, as columns. */
  episodes: async (slice: RunSlice) => (await import('../submetaverse/simulate.js')).runSlice(slice),
};

/** Runs a task in this thread. */
export async function runTask(name: string, payload: unknown): Promise<unknown> {
  return (tasks[name] as (payload: unknown) => unknown)(payload);
}
