import type { Table } from '../results/tables.js';

/** What a study leaves for a reader. */
export interface StudyReport {
  readonly tables: readonly Table[];
  readonly figures: readonly { readonly name: string; readonly caption: string; readonly svg: string }[];
  /** Markdown: what was measured beside what the paper prints. */
  readonly summary: string;
}

/**
 * A set of independent cells and what is drawn from them. A cell is a plain JSON value, complete in itself: its content is
 * its key, so a cell that is done is never done again, wherever it ran.
 *
 * Rows pass through JSON wherever cells run: a NaN or an infinity in a row reaches `report` as null.
 */
export interface Study<Cell = unknown, Row = unknown> {
  /** As in `metalore reproduce NAME`. */
  readonly name: string;
  readonly title: string;
  cells(options: { quick: boolean }): Cell[];
  /** Pure and deterministic: the same cell gives the same rows on every machine. */
  runCell(cell: Cell): Promise<Row[]> | Row[];
  /** @param rows the rows of all cells, in the order of `cells` */
  report(rows: Row[], options: { quick: boolean }): StudyReport;
}
