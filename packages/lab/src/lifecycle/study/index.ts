import type { Study } from '../../study/study.js';
import { lifecycleCells, readStudyData, runLifecycleCell } from './cells.js';
import type { LifecycleCell, LifecycleRow } from './cells.js';
import { lifecycleReport } from './report.js';

/** Paper 002, V-D: reputations of providers. `metalore reproduce lifecycle`. */
export const lifecycleStudy: Study<LifecycleCell, LifecycleRow> = {
  name: 'lifecycle',
  title: 'Reputation of edge service providers',
  cells: ({ quick }) => lifecycleCells(readStudyData(), quick),
  runCell: runLifecycleCell,
  report: (rows) => lifecycleReport(rows, readStudyData()),
};
