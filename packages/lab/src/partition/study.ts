import type { Study } from '../study/study.js';
import { runPartitionCell } from './study-cells.js';
import { partitionCells, readStudyData } from './study-data.js';
import type { PartitionCell, PartitionRow } from './study-data.js';
import { partitionReport } from './study-report.js';

/** Paper 001: regions and twins over edge servers. `metalore reproduce partition`. */
export const partitionStudy: Study<PartitionCell, PartitionRow> = {
  name: 'partition',
  title: 'Sub-metaverses and digital twins over edge servers',
  cells: ({ quick }) => partitionCells(readStudyData(), quick),
  runCell: runPartitionCell,
  report: (rows) => partitionReport(rows, readStudyData()),
};
