import { InvalidInputError } from '@metalore/core/errors';
import type { Problem } from '@metalore/core/errors';
import { parse } from 'csv-parse/sync';
import { readText } from './documents.js';

/**
 * How a column is read. `number` is any finite number, `integer` a whole one, both within the given bounds; `text` is taken
 * as it stands; with `missing`, a field of exactly that text (or an empty one) gives NaN or ''.
 */
export interface CsvColumn {
  readonly type: 'number' | 'integer' | 'text';
  readonly min?: number;
  readonly max?: number;
  /** Text that stands for a missing value, e.g. `-`. Without it an empty field is an error. */
  readonly missing?: string;
  /** True: the file need not have the column; it then reads as missing. */
  readonly optional?: boolean;
}

export type CsvValue<Column extends CsvColumn> = Column['type'] extends 'text' ? string : number;

export type CsvRow<Columns extends Readonly<Record<string, CsvColumn>>> = {
  [Name in keyof Columns]: CsvValue<Columns[Name]>;
};

export interface CsvResult<Row> {
  readonly rows: Row[];
  /** 1-based line of every row in the file. */
  readonly lines: number[];
  /** What was wrong in the rows left out, one entry a row; empty without `skipBadRows`. */
  readonly skipped: Problem[];
}

const MAX_PROBLEMS = 20;

/**
 * Reads the named columns of a CSV file with a header (RFC 4180, comma, UTF-8). Columns that are not named are ignored.
 *
 * @param columns by their name in the header; where none is spelt so, upper and lower case count as the same
 * @param options.skipBadRows leave broken rows out and report them in `skipped`
 * @param options.header names of the columns of a file that has no header
 * @throws InvalidInputError if the file or a column is missing, or, without `skipBadRows`, for every broken row (at most 20)
 *   with file, line, column and value
 */
export function readCsv<const Columns extends Readonly<Record<string, CsvColumn>>>(
  file: string,
  columns: Columns,
  options: { skipBadRows?: boolean; header?: readonly string[] } = {},
): CsvResult<CsvRow<Columns>> {
  const records = splitRecords(readText(file), file);
  const head = options.header ?? records[0]?.record ?? [];
  const positions = findColumns(head, columns, file);
  const result: CsvResult<CsvRow<Columns>> = { rows: [], lines: [], skipped: [] };
  const problems: Problem[] = [];
  for (const { record, line } of options.header === undefined ? records.slice(1) : records) {
    const outcome = readRecord(record, line, head, columns, positions, file);
    if ('message' in outcome) (options.skipBadRows ? result.skipped : problems).push(outcome);
    else {
      result.rows.push(outcome.row as CsvRow<Columns>);
      result.lines.push(line);
    }
  }
  if (problems.length > 0) throw tooManyToShow(file, problems);
  return result;
}

function tooManyToShow(file: string, problems: readonly Problem[]): InvalidInputError {
  const shown = problems.slice(0, MAX_PROBLEMS);
  const hidden = problems.length - shown.length;
  const rest = hidden > 0 ? [{ path: file, message: `… and ${hidden} more broken rows` }] : [];
  return new InvalidInputError('CSV file', [...shown, ...rest], {
    hint: 'where the command has it, --skip-bad-rows leaves broken rows out and counts them',
  });
}

interface NumberedRecord {
  readonly record: string[];
  readonly line: number;
}

function splitRecords(text: string, file: string): NumberedRecord[] {
  try {
    const parsed = parse(text, {
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      info: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    if (parsed.length > 0) return parsed.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (cause) {
    const line = (cause as { lines?: number }).lines;
    const message = (cause as Error).message;
    throw new InvalidInputError(
      'CSV file',
      [{ path: line === undefined ? file : `${file}:${line}`, message }],
      { cause },
    );
  }
  throw new InvalidInputError('CSV file', [{ path: file, message: 'is empty, a header was expected' }]);
}

function findColumns(
  head: readonly string[],
  columns: Readonly<Record<string, CsvColumn>>,
  file: string,
): Map<string, number> {
  const positions = new Map<string, number>();
  const problems: Problem[] = [];
  const delimiter = head.length === 1 ? /[;\t|]/.exec(head[0])?.[0] : undefined;
  if (delimiter !== undefined) {
    const shown = delimiter === '\t' ? 'a tab' : `"${delimiter}"`;
    throw new InvalidInputError('CSV file', [
      { path: `${file}:1`, message: `fields are divided by ${shown}; expected commas` },
    ]);
  }
  for (const [name, column] of Object.entries(columns)) {
    const exact = head.indexOf(name);
    const position =
      exact >= 0 ? exact : head.findIndex((title) => title.toLowerCase() === name.toLowerCase());
    const isTwice = head.lastIndexOf(head[position]) !== position;
    if (position >= 0 && isTwice) {
      problems.push({ path: `${file}:1`, message: `column "${head[position]}" stands there twice` });
    } else if (position >= 0) positions.set(name, position);
    else if (!column.optional) {
      problems.push({ path: `${file}:1`, message: `no column "${name}"; the header has ${head.join(', ')}` });
    }
  }
  if (problems.length > 0) throw new InvalidInputError('CSV file', problems);
  return positions;
}

function readRecord(
  record: readonly string[],
  line: number,
  head: readonly string[],
  columns: Readonly<Record<string, CsvColumn>>,
  positions: ReadonlyMap<string, number>,
  file: string,
): { row: Record<string, string | number> } | Problem {
  if (record.length !== head.length) {
    return { path: `${file}:${line}`, message: `${record.length} fields, the header has ${head.length}` };
  }
  const row: Record<string, string | number> = {};
  for (const [name, column] of Object.entries(columns)) {
    const position = positions.get(name);
    const value = position === undefined ? (column.missing ?? '') : record[position];
    const isMissing =
      position === undefined || (column.missing !== undefined && (value === column.missing || value === ''));
    if (isMissing) row[name] = column.type === 'text' ? '' : NaN;
    else if (column.type === 'text') row[name] = value;
    else {
      const problem = numberProblem(value, column);
      if (problem !== undefined) {
        return { path: `${file}:${line}:${head[position]}`, message: `"${value}" ${problem}` };
      }
      row[name] = Number(value);
    }
  }
  return { row };
}

/** Decimal numbers, with an exponent or without: what JavaScript reads beside (`0x10`, `Infinity`) is a mistake in a table. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function numberProblem(value: string, column: CsvColumn): string | undefined {
  const number = Number(value);
  if (!DECIMAL.test(value) || !Number.isFinite(number))
    return `is not ${column.type === 'integer' ? 'an integer' : 'a number'}`;
  if (column.type === 'integer' && !Number.isSafeInteger(number)) return 'is not an integer';
  if (column.min !== undefined && number < column.min) {
    return column.min === Number.MIN_VALUE ? 'is not more than 0' : `is less than ${column.min}`;
  }
  if (column.max !== undefined && number > column.max) return `is more than ${column.max}`;
  return undefined;
}
