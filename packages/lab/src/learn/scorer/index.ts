import type { Study } from '../../study/study.js';
import { readStudyData, runScorerCell, scorerCells, type ScorerCell, type ScorerRow } from './cells.js';
import { scorerReport } from './report.js';

/** A scorer for providers never seen, and any number of them. `metalore reproduce provider-scorer`. */
export const providerScorerStudy: Study<ScorerCell, ScorerRow> = {
  name: 'provider-scorer',
  title: 'A scorer that serves any world of providers',
  cells: ({ quick }) => scorerCells(readStudyData(), quick),
  runCell: runScorerCell,
  report: (rows) => scorerReport(rows),
};
