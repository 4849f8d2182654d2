import type { Study } from '../../study/study.js';
import { auctionCells, type AuctionCell } from './cells.js';
import { readStudyData } from './data.js';
import { auctionReport } from './report.js';
import { runAuctionCell, type AuctionRow } from './run-cell.js';

/** Paper 002, V-C: the auction of a roadside unit's cycle. `metalore reproduce auction`. */
export const auctionStudy: Study<AuctionCell, AuctionRow> = {
  name: 'auction',
  title: 'Auction of a roadside unit to vehicle twins and simulators',
  cells: ({ quick }) => auctionCells(readStudyData(), quick),
  runCell: runAuctionCell,
  report: (rows) => auctionReport(rows, readStudyData()),
};
