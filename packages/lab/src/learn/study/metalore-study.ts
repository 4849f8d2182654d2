import type { Study } from '../../study/study.js';
import { metaloreCells, runTrainedCell } from './cells.js';
import type { MetaloreCell, MetaloreRow } from './cells.js';
import { runFixedSplits } from './fixed-splits.js';
import { metaloreReport } from './report.js';
import { readStudyFile } from './study-file.js';

/** `metalore reproduce metalore`: paper 000, section IV, figures 4 and 5, Table I, and what learning adds. */
export const metaloreStudy: Study<MetaloreCell, MetaloreRow> = {
  name: 'metalore',
  title: 'Learning to orchestrate: learned policies against every fixed split',
  cells: ({ quick }) => metaloreCells(readStudyFile(quick)),
  runCell: (cell) => (cell.kind === 'fixed' ? runFixedSplits(cell) : runTrainedCell(cell)),
  report: (rows, { quick }) => metaloreReport(rows, readStudyFile(quick)),
};
