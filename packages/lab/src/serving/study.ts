import type { Study } from '../study/study.js';
import { runCachingCell } from './study-cells.js';
import { cachingCells, readStudyData } from './study-data.js';
import type { CachingCell, CachingRow } from './study-data.js';
import { cachingReport } from './study-report.js';

/** Paper 002 (third paper): models on an edge server. `metalore reproduce caching`. */
export const cachingStudy: Study<CachingCell, CachingRow> = {
  name: 'caching',
  title: 'Serving foundation models at the edge',
  cells: ({ quick }) => cachingCells(readStudyData(), quick),
  runCell: runCachingCell,
  report: (rows) => cachingReport(rows, readStudyData()),
};
