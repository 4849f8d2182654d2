import { InvalidInputError } from '@metalore/core/errors';
import { parse } from 'csv-parse/browser/esm/sync';
import { parquetMetadata, parquetRead, parquetSchema } from 'hyparquet';
import { serve } from '../shared/rpc.js';
import type { OpenTable } from './table.js';

const MAX_BYTES = 100_000_000;
const MAX_NUMBERS = 10_000_000;

type Columns = Record<string, Float64Array | string[]>;

/** Reads a table; off the page's thread, because it may be large or built to take long. */
async function read({ name, bytes }: { name: string; bytes: Uint8Array }): Promise<OpenTable> {
  const refuse = (message: string): never => {
    throw new InvalidInputError(name, [{ path: name, message }]);
  };
  if (bytes.length > MAX_BYTES) refuse(`${bytes.length} bytes; the studio takes at most ${MAX_BYTES}`);
  let columns: Columns;
  try {
    columns = name.endsWith('.csv') ? csvColumns(bytes) : await parquetColumns(bytes);
  } catch (error) {
    return refuse(`is not a readable table (${error instanceof Error ? error.message : String(error)})`);
  }
  const rows = Object.values(columns)[0]?.length ?? 0;
  return { name: name.replace(/\.(parquet|csv)$/, ''), rows, columns };
}

async function parquetColumns(bytes: Uint8Array): Promise<Columns> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  const rows = Number(metadata.num_rows);
  const elements = parquetSchema(metadata).children.map(({ element }) => element);
  checkSize(rows, elements.length);
  const columns: Columns = Object.create(null) as Columns;
  for (const { name, type } of elements) {
    columns[name] = type === 'BYTE_ARRAY' ? new Array<string>(rows).fill('') : new Float64Array(rows);
  }
  await parquetRead({
    file,
    metadata,
    onChunk({ columnName, columnData, rowStart }) {
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

function csvColumns(bytes: Uint8Array): Columns {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const [head = [], ...rows] = parse(text, { bom: true, skip_empty_lines: true });
  checkSize(rows.length, head.length);
  const columns: Columns = Object.create(null) as Columns;
  head.forEach((name, at) => {
    const isNumeric = rows.every((row) => !Number.isNaN(Number(row[at])));
    columns[name] = isNumeric
      ? Float64Array.from(rows, (row) => (row[at] === '' ? NaN : Number(row[at])))
      : rows.map((row) => row[at]);
  });
  return columns;
}

function checkSize(rows: number, columns: number): void {
  if (!(rows * columns <= MAX_NUMBERS)) {
    throw new RangeError(`${rows} × ${columns} numbers; the studio takes at most ${MAX_NUMBERS}`);
  }
}

const handlers = { read };
export type TableHandlers = typeof handlers;

serve(handlers);
