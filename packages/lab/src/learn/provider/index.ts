import type { Study } from '../../study/study.js';
import {
  providerLearnersCells,
  readStudyData,
  runProviderLearnersCell,
  type ProviderLearnersCell,
  type ProviderLearnersRow,
} from './cells.js';
import { providerLearnersReport } from './report.js';

/** Paper 002, V-B, fig. 12: learners that give tasks to providers. `metalore reproduce provider-learners`. */
export const providerLearnersStudy: Study<ProviderLearnersCell, ProviderLearnersRow> = {
  name: 'provider-learners',
  title: 'Learners that choose providers',
  cells: ({ quick }) => providerLearnersCells(readStudyData(), quick),
  runCell: runProviderLearnersCell,
  report: (rows) => providerLearnersReport(rows),
};
