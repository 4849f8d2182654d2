import type { Study } from '../../study/study.js';
import { runCachingCell } from './cells.js';
import { cachingCells, readStudyData } from './data.js';
import type { CachingCell, CachingRow } from './data.js';
import { cachingReport } from './report.js';

/** Paper 002 (third paper): models on an edge server. `metalore reproduce caching`. */
export const cachingStudy: Study<CachingCell, CachingRow> = {
  name: 'caching',
  title: 'Serving foundation models at the edge',
  cells: ({ quick }) => cachingCells(readStudyData(), quick),
  runCell: runCachingCell,
  report: (rows) => cachingReport(rows, readStudyData()),
};
