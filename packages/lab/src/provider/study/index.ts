import type { Study } from '../../study/study.js';
import { providerCells, readStudyData, runProviderCell } from './cells.js';
import type { ProviderCell, ProviderRow } from './cells.js';
import { providerReport } from './report.js';

/** Paper 002, V-B: which provider gets the task. `metalore reproduce provider`. */
export const providerStudy: Study<ProviderCell, ProviderRow> = {
  name: 'provider',
  title: 'Selection of providers of generated content',
  cells: ({ quick }) => providerCells(readStudyData(), quick),
  runCell: runProviderCell,
  report: (rows) => providerReport(rows, readStudyData()),
};
