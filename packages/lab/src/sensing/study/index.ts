import type { Study } from '../../study/study.js';
import { readStudyData, runSensingCell, sensingCells } from './cells.js';
import type { SensingCell, SensingRow } from './cells.js';
import { sensingReport } from './report.js';

/** Paper 002, first paper, section IV: directions of arrival by classical processing. `metalore reproduce sensing`. */
export const sensingStudy: Study<SensingCell, SensingRow> = {
  name: 'sensing',
  title: 'Directions of arrival with few antennas',
  cells: ({ quick }) => sensingCells(readStudyData(), quick),
  runCell: runSensingCell,
  report: (rows) => sensingReport(rows, readStudyData()),
};
