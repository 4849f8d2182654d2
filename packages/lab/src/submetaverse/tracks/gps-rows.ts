import { Readable } from 'node:stream';
import { InvalidInputError } from '@metalore/core/errors';
import { parse } from 'csv-parse';
import { openText } from '../../io/open-text.js';
import { projectionAt, type PlanePoint } from '../../io/projection.js';
import { secondsOf, TIME_FORMS } from '../../io/times.js';
import type { RowReport } from './report.js';

/** Which columns of a log say what; a name, or the usual names are tried. */
export interface GpsColumns {
  readonly id?: string | undefined;
  readonly time?: string | undefined;
  readonly lat?: string | undefined;
  readonly lon?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  /** Names of all columns of a file without a header, in order. */
  readonly columns?: readonly string[] | undefined;
}

/** Positions of a log, in the order of its rows. */
export interface GpsRows {
  readonly ids: readonly string[];
  readonly device: Int32Array;
  readonly seconds: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Times above this are milliseconds: as seconds it would be the year 5138. */
const MILLISECONDS_FROM = 1e11;
const USUAL: Readonly<Record<'id' | 'time' | 'lat' | 'lon' | 'x' | 'y', readonly string[]>> = {
  id: ['id', 'device', 'vehicle', 'vehicle_id', 'taxi_id', 'taxiid', 'user', 'user_id', 'trip_id'],
  time: ['time', 'timestamp', 'datetime', 'date', 'date_time', 'utc'],
  lat: ['lat', 'latitude'],
  lon: ['lon', 'lng', 'long', 'longitude'],
  x: ['x', 'xm', 'easting'],
  y: ['y', 'ym', 'northing'],
};
type Role = keyof typeof USUAL;

/**
 * Reads a log of positions: CSV with a header or named columns, rows in any order.
 *
 * @throws InvalidInputError with file, line, column and value
 */
export async function readGpsRows(file: string, columns: GpsColumns, report: RowReport): Promise<GpsRows> {
  const parser = Readable.from(openText(file)).pipe(
    parse({ relax_column_count: true, skip_empty_lines: true, trim: true, info: true, bom: true }),
  );
  let found: Found | undefined;
  if (columns.columns !== undefined) found = findColumns(file, columns.columns, columns);
  const rows = new Rows();
  let project: ((longitude: number, latitude: number) => PlanePoint) | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (found === undefined) {
        found = findColumns(file, record, columns);
        continue;
      }
      report.read++;
      const place = readRecord(file, info.lines, record, found, report);
      if (place === undefined) continue;
      const { id, seconds, first, second } = place;
      project ??= found.isDegrees ? projectionAt({ longitude: first, latitude: second }) : undefined;
      const { xM, yM } = project?.(first, second) ?? { xM: first, yM: second };
      rows.add(id, seconds, xM, yM);
    }
  } catch (error) {
    if (error instanceof InvalidInputError || (error as { lines?: number }).lines === undefined) throw error;
    const { lines, message } = error as { lines?: number; message: string };
    throw new InvalidInputError('CSV file', [{ path: `${file}:${lines}`, message }], { cause: error });
  }
  return rows.done();
}

interface Found {
  readonly width: number;
  readonly names: Readonly<Record<'id' | 'time' | 'first' | 'second', string>>;
  readonly at: Readonly<Record<'id' | 'time' | 'first' | 'second', number>>;
  readonly isDegrees: boolean;
}

function findColumns(file: string, head: readonly string[], wanted: GpsColumns): Found {
  const lower = head.map((name) => name.toLowerCase());
  const position = (role: Role): number => {
    const given = wanted[role];
    if (given !== undefined) return lower.indexOf(given.toLowerCase());
    return lower.findIndex((name) => USUAL[role].includes(name));
  };
  const isDegrees = wanted.x === undefined && (wanted.lon !== undefined || position('lon') >= 0);
  const [firstRole, secondRole]: [Role, Role] = isDegrees ? ['lon', 'lat'] : ['x', 'y'];
  const roles: Role[] = ['id', 'time', firstRole, secondRole];
  const missing = roles.filter((role) => position(role) < 0);
  if (missing.length > 0) {
    const message = `no column for ${missing.map((role) => wanted[role] ?? role).join(', ')}; the file has ${head.join(', ')}`;
    throw new InvalidInputError('CSV file', [{ path: `${file}:1`, message }], {
      hint: 'say which they are: --id, --time, --lat and --lon or --x and --y; --columns for a file without a header',
    });
  }
  const at = {
    id: position('id'),
    time: position('time'),
    first: position(firstRole),
    second: position(secondRole),
  };
  const names = { id: head[at.id], time: head[at.time], first: head[at.first], second: head[at.second] };
  return { width: head.length, names, at, isDegrees };
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function readRecord(
  file: string,
  line: number,
  record: readonly string[],
  { width, names, at, isDegrees }: Found,
  report: RowReport,
): { id: string; seconds: number; first: number; second: number } | undefined {
  const broken = (column: string, message: string): undefined => {
    report.broken({ path: column === '' ? `${file}:${line}` : `${file}:${line}:${column}`, message });
    return undefined;
  };
  if (record.length !== width) return broken('', `${record.length} fields, expected ${width}`);
  const id = record[at.id];
  if (id === '') return broken(names.id, 'is empty');
  const time = secondsOf(record[at.time]);
  if (time === null) return broken(names.time, `"${record[at.time]}" is no time; expected ${TIME_FORMS}`);
  const values: number[] = [];
  for (const [part, limit] of [['first', 180] as const, ['second', 90] as const]) {
    const text = record[at[part]];
    if (!DECIMAL.test(text)) return broken(names[part], `"${text}" is not a number`);
    const value = Number(text);
    if (isDegrees && Math.abs(value) > limit)
      return broken(names[part], `${text} lies outside −${limit} to ${limit} degrees`);
    values.push(value);
  }
  const seconds = time >= MILLISECONDS_FROM ? time / 1000 : time;
  return { id, seconds, first: values[0], second: values[1] };
}

/** Typed columns that grow by doubling. */
class Rows {
  readonly #ids: string[] = [];
  readonly #numbers = new Map<string, number>();
  #device = new Int32Array(1024);
  #values = [new Float64Array(1024), new Float64Array(1024), new Float64Array(1024)];
  #count = 0;

  add(id: string, seconds: number, x: number, y: number): void {
    if (this.#count === this.#device.length) this.#grow();
    let number = this.#numbers.get(id);
    if (number === undefined) {
      number = this.#ids.length;
      this.#numbers.set(id, number);
      this.#ids.push(id);
    }
    this.#device[this.#count] = number;
    [seconds, x, y].forEach((value, column) => (this.#values[column][this.#count] = value));
    this.#count++;
  }

  #grow(): void {
    const device = new Int32Array(2 * this.#count);
    device.set(this.#device);
    this.#device = device;
    this.#values = this.#values.map((values) => {
      const more = new Float64Array(2 * this.#count);
      more.set(values);
      return more;
    });
  }

  done(): GpsRows {
    const [seconds, x, y] = this.#values.map((values) => values.subarray(0, this.#count));
    return { ids: this.#ids, device: this.#device.subarray(0, this.#count), seconds, x, y };
  }
}
