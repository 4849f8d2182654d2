import { InfeasibleError } from '@metalore/core/errors';
import { drawInstance, solveAlternating, solveOptimal } from '@metalore/core/urllc';
import type { UrllcInstance, UrllcMethod, UrllcSolution } from '@metalore/core/urllc';
import type { Study } from '../../study/study.js';
import { readStudyData, urllcCells } from './data.js';
import type { UrllcCell, UrllcRow } from './data.js';
import { urllcReport } from './report.js';

/** Paper 003: low-latency edge allocation. `metalore reproduce urllc`. */
export const urllcStudy: Study<UrllcCell, UrllcRow> = {
  name: 'urllc',
  title: 'Ultra-reliable low-latency edge allocation',
  cells: ({ quick }) => urllcCells(readStudyData(), quick),
  runCell: runUrllcCell,
  report: (rows) => urllcReport(rows, readStudyData()),
};

function runUrllcCell({ group, label, seed, runs, methods, starts }: UrllcCell): UrllcRow[] {
  const rows: UrllcRow[] = [];
  let warm: UrllcSolution | undefined;
  for (const { x, change } of runs) {
    const instance = drawInstance({ seed, ...change });
    const optimum = solveOrNull(instance, warm);
    if (optimum === null) {
      rows.push({
        group,
        label,
        seed,
        x,
        method: 'optimal',
        start: 0,
        totalMs: NaN,
        lowerBoundMs: NaN,
        offloaded: NaN,
      });
      continue;
    }
    warm = optimum;
    for (const method of methods as UrllcMethod[]) {
      for (let start = 0; start < (method === 'optimal' ? 1 : starts); start++) {
        const solution =
          method === 'optimal'
            ? optimum
            : solveAlternating(instance, { method, start, lowerBoundMs: optimum.lowerBoundMs });
        const { totalMs, lowerBoundMs } = solution;
        rows.push({
          group,
          label,
          seed,
          x,
          method,
          start,
          totalMs,
          lowerBoundMs,
          offloaded: offloaded(solution),
        });
      }
    }
  }
  return rows;
}

/** Null where a reading of the parameters leaves no solution. */
function solveOrNull(instance: UrllcInstance, warm: UrllcSolution | undefined): UrllcSolution | null {
  try {
    return solveOptimal(instance, { warm });
  } catch (error) {
    if (error instanceof InfeasibleError) return null;
    throw error;
  }
}

function offloaded({ ue }: UrllcSolution): number {
  const sending = ue.filter((device) => !device.cached);
  return sending.reduce((sum, device) => sum + 1 - device.local, 0) / Math.max(1, sending.length);
}
