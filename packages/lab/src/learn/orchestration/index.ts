import type { Study } from '../../study/study.js';
import { orchestrationCells, type OrchestrationCell } from './cells.js';
import { orchestrationReport } from './report.js';
import { runOrchestrationCell, type OrchestrationRow } from './run-cell.js';
import { readOrchestrationFile } from './study-file.js';

/** `metalore reproduce orchestration`: one policy for any load, any number of cells and any preference, beside every rival. */
export const orchestrationStudy: Study<OrchestrationCell, OrchestrationRow> = {
  name: 'orchestration',
  title: 'One policy for any load and any number of cells',
  cells: ({ quick }) => orchestrationCells(readOrchestrationFile(quick)),
  runCell: runOrchestrationCell,
  report: (rows, { quick }) => orchestrationReport(rows, readOrchestrationFile(quick)),
};
