import type { ReportTable } from '../figures/report.js';
import { formatNumber } from '../terminal/output.js';
import type { SweepRow } from './sweep.js';

/** A row of the paper's Table I (paper 000, section IV-D): means ± standard deviations of 100 episodes. */
interface PrintedRow {
  readonly rhoC: number;
  readonly rhoP: number;
  readonly aosi: string;
  readonly aori: string;
  readonly servedPercent: number;
}

/** The fixed splits as printed. The third row's two delays are exchanged there: compare the two columns with ours. */
export const TABLE_ONE: readonly PrintedRow[] = [
  { rhoC: 0.3, rhoP: 0.3, aosi: '7.93 ± 1.41', aori: '9.77 ± 1.23', servedPercent: 82.61 },
  { rhoC: 0.3, rhoP: 0.4, aosi: '14.63 ± 1.43', aori: '6.94 ± 1.53', servedPercent: 88.35 },
  { rhoC: 0.4, rhoP: 0.4, aosi: '1.98 ± 0.50', aori: '19.84 ± 1.25', servedPercent: 97.76 },
];

export interface Comparison {
  readonly table: ReportTable;
  /** Sentences that say what to see in it. */
  readonly remarks: string[];
  /** The table's content as plain data. */
  readonly rows: readonly {
    readonly rhoC: number;
    readonly rhoP: number;
    readonly paper: PrintedRow;
    readonly fifo: SweepRow;
    readonly freshest: SweepRow;
  }[];
}

/** The paper's three fixed splits beside ours, with both disciplines. @param rows of the grid, with `discipline` */
export function compareWithTableOne(rows: readonly SweepRow[]): Comparison {
  const compared = TABLE_ONE.map((paper) => ({
    rhoC: paper.rhoC,
    rhoP: paper.rhoP,
    paper,
    fifo: find(rows, paper, 'fifo'),
    freshest: find(rows, paper, 'freshest'),
  }));
  const lines = compared.flatMap(({ rhoC, rhoP, paper, fifo, freshest }) => [
    [`(${rhoC}, ${rhoP})`, 'paper', paper.aosi, paper.aori, paper.servedPercent.toFixed(1)],
    ['', 'ours', spread(fifo, 'aosi'), spread(fifo, 'aori'), (100 * fifo.served!).toFixed(1)],
    [
      '',
      'ours, freshest',
      spread(freshest, 'aosi'),
      spread(freshest, 'aori'),
      (100 * freshest.served!).toFixed(1),
    ],
  ]);
  const last = compared[compared.length - 1];
  return {
    table: { head: ['(ρC, ρP)', 'by', 'AoSI (steps)', 'AoRI (steps)', 'served (%)'], rows: lines },
    remarks: [
      'The paper prints the third row with its two delays exchanged: at (0.4, 0.4) requests are served fast with old sensor data.',
      `“freshest” lets a newer update replace the one of the same sensor that still waits: at (0.4, 0.4) AoSI falls from ` +
        `${formatNumber(last.fifo.aosi!, 3)} to ${formatNumber(last.freshest.aosi!, 3)} steps, at the same served share.`,
    ],
    rows: compared,
  };
}

function find(
  rows: readonly SweepRow[],
  split: { rhoC: number; rhoP: number },
  discipline: string,
): SweepRow {
  const found = rows.find(
    (row) => row.rhoC === split.rhoC && row.rhoP === split.rhoP && row.discipline === discipline,
  );
  if (found === undefined) throw new RangeError(`no row for (${split.rhoC}, ${split.rhoP}), ${discipline}`);
  return found;
}

function spread(row: SweepRow, age: 'aosi' | 'aori'): string {
  return `${row[age]!.toFixed(2)} ± ${row[`${age}Std`]!.toFixed(2)}`;
}
