import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { parse } from 'csv-parse/sync';
import { parquetMetadata, parquetRead, parquetSchema } from 'hyparquet';
import type { ColumnSource } from 'hyparquet-writer';
import { parquetWriteBuffer } from 'hyparquet-writer';

/** Columns of equal length; the row is the index. Typed arrays keep their type on disk, `number[]` is written as double. */
export interface Table {
  /** The file's name without its ending. */
  readonly name: string;
  readonly columns: Readonly<Record<string, ArrayLike<number> | readonly string[]>>;
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
  return Object.entries(table.columns).map(([name, data]): ColumnSource => {
    if (isText(data)) return { name, data: [...data], type: 'STRING', nullable: false };
    if (data instanceof Float64Array) {
      return { name, data: withOneNaN(data), type: 'DOUBLE', nullable: false };
    }
    if (data instanceof Float32Array) {
      // As doubles where there are NaN, for one pattern: rare, and exact.
      return data.some(Number.isNaN)
        ? { name, data: withOneNaN(Float64Array.from(data)), type: 'DOUBLE', nullable: false }
        : { name, data, type: 'FLOAT', nullable: false };
    }
    if (data instanceof Int32Array) return { name, data, type: 'INT32', nullable: false };
    if (isSmallInteger(data)) return { name, data: Int32Array.from(data), type: 'INT32', nullable: false };
    return { name, data: withOneNaN(Float64Array.from(data)), type: 'DOUBLE', nullable: false };
  });
}

/**
 * NaN has many bit patterns, and which one 0 / 0 gives, or what a message between threads makes of it, is up to the
 * engine: equal tables would not be equal bytes.
 */
function withOneNaN(data: Float64Array): Float64Array {
  if (!data.some(Number.isNaN)) return data;
  const copy = data.slice();
  const words = new Uint32Array(copy.buffer);
  const high = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0; // of a little-endian machine: the second
  for (let row = 0; row < copy.length; row++) {
    if (!Number.isNaN(copy[row])) continue;
    words[2 * row + high] = 0x7ff80000;
    words[2 * row + 1 - high] = 0;
  }
  return copy;
}

function isSmallInteger(data: ArrayLike<number>): boolean {
  return (
    data instanceof Uint8Array ||
    data instanceof Int8Array ||
    data instanceof Uint16Array ||
    data instanceof Int16Array ||
    (data instanceof Uint32Array && data.every((value) => value <= 0x7fffffff))
  );
}

function isText(data: ArrayLike<number> | readonly string[]): data is readonly string[] {
  return data.length > 0 && typeof data[0] === 'string';
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
      lines.push(columns.map((column) => csvField(column[row])).join(','));
    }
    if (!stream.write(`${lines.join('\n')}\n`)) await Promise.race([once(stream, 'drain'), failed]);
  }
  stream.end();
  await Promise.race([once(stream, 'finish'), failed]);
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
export async function readTable(file: string): Promise<Table> {
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

type Columns = Record<string, Float64Array | string[]>;

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
