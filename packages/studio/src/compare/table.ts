/** A table by columns: numbers (missing ones are NaN) or text. */
export type Columns = Readonly<Record<string, Float64Array | readonly string[]>>;

/** A table of a run or study, or a file that somebody opened. */
export interface OpenTable {
  /** `run/table`. */
  readonly name: string;
  readonly rows: number;
  readonly columns: Columns;
}

/** One row of the tables that are compared. */
export interface Row {
  readonly table: number;
  readonly index: number;
  /** Which rows belong together: the table, or the value of a column in it. */
  readonly group: string;
}

/** Names of the columns of numbers that all tables have, in the order of the first. */
export function commonNumbers(tables: readonly OpenTable[]): string[] {
  const [first, ...others] = tables;
  if (first === undefined) return [];
  return Object.keys(first.columns).filter((name) =>
    [first, ...others].every(({ columns }) => columns[name] instanceof Float64Array),
  );
}

/** Names of columns of which rows can be grouped: text, or numbers with few values. */
export function groupingColumns(tables: readonly OpenTable[]): string[] {
  const [first] = tables;
  if (first === undefined) return [];
  return Object.keys(first.columns).filter((name) =>
    tables.every(({ columns }) => {
      const column = columns[name];
      return column !== undefined && !(column instanceof Float64Array) && new Set(column).size <= 12;
    }),
  );
}

export function numberAt({ columns }: OpenTable, name: string, index: number): number {
  const column = columns[name];
  return column instanceof Float64Array ? column[index] : NaN;
}

/**
 * Whether rows of one table repeat one thing, so that a mean with an interval says something: each is an episode or a seed of
 * its own. Rows with intervals of their own are means already, and where an episode appears twice, several things are mixed.
 */
export function areRepetitions(table: OpenTable, indices: readonly number[]): boolean {
  const names = Object.keys(table.columns);
  const own = names.filter((name) => name === 'episode' || name === 'seed');
  if (own.length === 0 || names.some((name) => name.endsWith('Ci95'))) return false;
  const seen = new Set(indices.map((index) => own.map((name) => numberAt(table, name, index)).join()));
  return seen.size === indices.length;
}

/** All rows that have both numbers. */
export function rowsOf(tables: readonly OpenTable[], needed: readonly string[], groupBy: string): Row[] {
  return tables.flatMap((table, at) => {
    const rows: Row[] = [];
    for (let index = 0; index < table.rows; index++) {
      if (needed.some((name) => !Number.isFinite(numberAt(table, name, index)))) continue;
      const value = groupBy === '' ? undefined : table.columns[groupBy]?.[index];
      const group = [tables.length > 1 || value === undefined ? table.name : '', value ?? ''].filter(
        (part) => part !== '',
      );
      rows.push({ table: at, index, group: group.join(' · ') });
    }
    return rows;
  });
}

/** The least and the largest of any number of values. */
export function rangeOf(values: readonly number[]): [number, number] {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [
    Infinity,
    -Infinity,
  ] as [number, number]);
}

/** Mean of a sample with the half-width of its 95 % confidence interval (Student). */
export function meanOf(values: readonly number[]): { n: number; mean: number; ci95: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, ci95: n > 1 ? studentQuantile(n - 1) * Math.sqrt(squares / (n - 1) / n) : NaN };
}

const FIRST_QUANTILES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/** 97.5 % quantile of Student's t: tabled up to 10 degrees of freedom, then by expansion (error below 1e-4). */
function studentQuantile(degrees: number): number {
  const z = 1.959963984540054;
  const n = degrees;
  return (
    FIRST_QUANTILES[n - 1] ??
    z +
      (z ** 3 + z) / (4 * n) +
      (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * n ** 2) +
      (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * n ** 3)
  );
}

/** Rows as CSV, with the table they come from. */
export function toCsv(tables: readonly OpenTable[], rows: readonly Row[]): string {
  const names = [...new Set(tables.flatMap(({ columns }) => Object.keys(columns)))];
  const field = (value: unknown) => {
    const text = value === undefined || Number.isNaN(value) ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map(({ table, index }) =>
    [tables[table].name, ...names.map((name) => tables[table].columns[name]?.[index])].map(field).join(','),
  );
  return [['table', ...names].map(field).join(','), ...lines, ''].join('\n');
}
