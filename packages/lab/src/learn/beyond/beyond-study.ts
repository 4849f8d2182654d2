import type { Study } from '../../study/study.js';
import { readBeyondFile } from './beyond-file.js';
import { beyondCells, runBeyondCell } from './cells.js';
import type { BeyondCell, BeyondRow } from './cells.js';
import { beyondReport } from './report.js';

/** `metalore reproduce metalore-beyond`: changing traffic, fresh updates only, several cells, richer observations. */
export const beyondStudy: Study<BeyondCell, BeyondRow> = {
  name: 'metalore-beyond',
  title: 'Beyond the paper: where learned splits help, and where they do not',
  cells: ({ quick }) => beyondCells(readBeyondFile(quick)),
  runCell: runBeyondCell,
  report: (rows, { quick }) => beyondReport(rows, readBeyondFile(quick)),
};
