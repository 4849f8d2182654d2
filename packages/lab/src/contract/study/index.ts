import type { Study } from '../../study/study.js';
import { contractCells, readStudyData, runContractCell } from './cells.js';
import type { ContractCell, ContractRow } from './cells.js';
import { contractReport } from './report.js';

/** Paper 002, V-A: menus of contracts for semantic information. `metalore reproduce contract`. */
export const contractStudy: Study<ContractCell, ContractRow> = {
  name: 'contract',
  title: 'Contracts for semantic information',
  cells: ({ quick }) => contractCells(readStudyData(), quick),
  runCell: runContractCell,
  report: (rows) => contractReport(rows, readStudyData()),
};
