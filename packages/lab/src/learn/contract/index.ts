import type { Study } from '../../study/study.js';
import {
  contractLearnersCells,
  readStudyData,
  runContractLearnersCell,
  type ContractLearnersCell,
  type ContractLearnersRow,
} from './cells.js';
import { contractLearnersReport } from './report.js';

/** Paper 002, V-A, fig. 10: learners on contracts. `metalore reproduce contract-learners`. */
export const contractLearnersStudy: Study<ContractLearnersCell, ContractLearnersRow> = {
  name: 'contract-learners',
  title: 'Learners on contracts for semantic information',
  cells: ({ quick }) => contractLearnersCells(readStudyData(), quick),
  runCell: runContractLearnersCell,
  report: (rows, { quick }) => contractLearnersReport(rows, readStudyData(), quick),
};
