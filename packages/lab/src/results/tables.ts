import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { parse } from 'csv-parse/sync';
import { parquetMetadata, parquetRead, parquetSchema } from 'hyparquet';
import type { ColumnSource } from 'hyparquet-writer';
import { parquetWriteBuffer } from 'hyparquet-writer';

/** Integers of which some are missing. */
export interface OptionalIntegers {
  readonly integers: Int32Array;
  /** The number that stands where a value is missing. */
  readonly missing: number;
  readonly length: number;
}

type Column = ArrayLike<number> | readonly string[] | OptionalIntegers;

/**
 * Columns of equal length; the row is the index. What a column is on disk follows from what it is here and never from its
 * values: integer arrays INT32, `Float32Array` FLOAT, other numbers DOUBLE, text STRING (so is an empty plain array). What is
 * missing (NaN, '', the number of {@link OptionalIntegers}) is null.
 */
export interface Table {
  /** The file's name without its ending. */
  readonly name: string;
  readonly columns: Readonly<Record<string, Column>>;
}

/** Columns as they are read: numbers (missing: NaN), or text (missing: ''). */
export type Columns = Record<string, Float64Array | string[]>;

export function optionalIntegers(integers: Int32Array, missing: number): OptionalIntegers {
  return { integers, missing, length: integers.length };
}

export type TableFormat = 'parquet' | 'csv';

/** A table as plain objects, for a few rows: all rows have the keys of the first. */
export function tableFromRows(
  name: string,
  rows: readonly Readonly<Record<string, number | string | boolean>>[],
): Table {
  const columns: Record<string, number[] | string[]> = {};
  for (const key of Object.keys(rows[0] ?? {})) {
    columns[key] =
      typeof rows[0][key] === 'string'
        ? rows.map((row) => String(row[key]))
        : rows.map((row) => Number(row[key]));
  }
  return { name, columns };
}

/** Number of rows. @throws Error if the columns differ in length */
export function rowCount(table: Table): number {
  const lengths = Object.values(table.columns).map((column) => column.length);
  if (lengths.some((length) => length !== lengths[0])) {
    throw new Error(`table ${table.name}: columns of different length (${lengths.join(', ')})`);
  }
  return lengths[0] ?? 0;
}

/**
 * Writes `<dir>/<name>.parquet` (Snappy, dictionary where it helps) or `.csv` (RFC 4180, a dot as decimal mark, an empty
 * field for NaN).
 *
 * @returns the file's path
 */
export async function writeTable(
  dir: string,
  table: Table,
  format: TableFormat = 'parquet',
): Promise<string> {
  const rows = rowCount(table);
  const file = path.join(dir, `${table.name}.${format}`);
  if (format === 'csv') await writeCsv(file, table, rows);
  else await writeFile(file, new Uint8Array(parquetWriteBuffer({ columnData: parquetColumns(table) })));
  return file;
}

function parquetColumns(table: Table): ColumnSource[] {
  return Object.entries(table.columns).map(([name, column]): ColumnSource => {
    if (isOptional(column)) return { name, data: withNull(column), type: 'INT32', nullable: true };
    if (isText(column)) {
      const data = column.some((text) => text === '') ? column.map((text) => text || null) : [...column];
      return { name, data, type: 'STRING', nullable: true };
    }
    if (isInteger(column)) return { name, data: Int32Array.from(column), type: 'INT32', nullable: false };
    const type = column instanceof Float32Array ? 'FLOAT' : 'DOUBLE';
    return { name, data: numbersOrNull(column), type, nullable: true };
  });
}

function withNull({ integers, missing }: OptionalIntegers): Int32Array | (number | null)[] {
  if (!integers.includes(missing)) return integers;
  return Array.from(integers, (value) => (value === missing ? null : value));
}

function numbersOrNull(data: ArrayLike<number>): Float64Array | Float32Array | (number | null)[] {
  for (let row = 0; row < data.length; row++) {
    if (data[row] !== data[row]) return Array.from(data, (value) => (value === value ? value : null));
  }
  return data instanceof Float64Array || data instanceof Float32Array ? data : Float64Array.from(data);
}

function isOptional(column: Column): column is OptionalIntegers {
  return 'integers' in column;
}

function isInteger(column: ArrayLike<number>): boolean {
  return (
    column instanceof Int32Array ||
    column instanceof Uint8Array ||
    column instanceof Int8Array ||
    column instanceof Uint16Array ||
    column instanceof Int16Array
  );
}

function isText(column: ArrayLike<number> | readonly string[]): column is readonly string[] {
  return Array.isArray(column) && (column.length === 0 || typeof column[0] === 'string');
}

const CSV_CHUNK_ROWS = 20_000;

async function writeCsv(file: string, table: Table, rows: number): Promise<void> {
  const columns = Object.values(table.columns);
  const stream = createWriteStream(file);
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  stream.write(`${Object.keys(table.columns).map(csvField).join(',')}\n`);
  for (let start = 0; start < rows; start += CSV_CHUNK_ROWS) {
    const lines: string[] = [];
    for (let row = start; row < Math.min(rows, start + CSV_CHUNK_ROWS); row++) {
      lines.push(columns.map((column) => csvField(valueAt(column, row))).join(','));
    }
    if (!stream.write(`${lines.join('\n')}\n`)) await Promise.race([once(stream, 'drain'), failed]);
  }
  stream.end();
  await Promise.race([once(stream, 'finish'), failed]);
}

function valueAt(column: Column, row: number): number | string {
  if (!isOptional(column)) return column[row];
  return column.integers[row] === column.missing ? NaN : column.integers[row];
}

function csvField(value: number | string): string {
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/**
 * Reads a table that {@link writeTable} wrote, or any flat Parquet or CSV file with a header. A column of which every
 * value is a number becomes a `Float64Array` (missing: NaN), others text.
 *
 * @throws InvalidInputError if the file is missing or damaged
 */
export async function readTable(file: string): Promise<{ name: string; columns: Columns }> {
  const name = path.basename(file).replace(/\.(parquet|csv)$/, '');
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new InvalidInputError('table', [{ path: file, message: 'cannot be read' }], { cause });
  }
  try {
    return { name, columns: file.endsWith('.csv') ? csvColumns(bytes) : await parquetToColumns(bytes) };
  } catch (cause) {
    const message = `is not a readable table (${(cause as Error).message})`;
    throw new InvalidInputError('table', [{ path: file, message }], { cause });
  }
}

async function parquetToColumns(bytes: Buffer): Promise<Columns> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  const rows = Number(metadata.num_rows);
  const columns: Columns = {};
  for (const { element } of parquetSchema(metadata).children) {
    columns[element.name] = element.type === 'BYTE_ARRAY' ? new Array<string>(rows) : new Float64Array(rows);
  }
  await parquetRead({
    file,
    metadata,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const column = columns[columnName];
      for (let index = 0; index < columnData.length; index++) {
        const value: unknown = columnData[index];
        if (Array.isArray(column)) column[rowStart + index] = value === null ? '' : String(value);
        else column[rowStart + index] = value === null ? NaN : Number(value);
      }
    },
  });
  return columns;
}

function csvColumns(bytes: Buffer): Columns {
  const [head, ...rows] = parse(bytes, { bom: true, skip_empty_lines: true });
  const columns: Columns = {};
  (head ?? []).forEach((name, column) => {
    const isNumeric = rows.every((row) => !Number.isNaN(Number(row[column])));
    columns[name] = isNumeric
      ? Float64Array.from(rows, (row) => (row[column] === '' ? NaN : Number(row[column])))
      : rows.map((row) => row[column]);
  });
  return columns;
}
