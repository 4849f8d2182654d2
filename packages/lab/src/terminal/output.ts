import { InvalidInputError } from '@metalore/core/errors';
import Table from 'cli-table3';

/** Writes a line to standard output: what the user asked for. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/**
 * Writes one JSON value to standard output, indented. NaN, which stands for a value that there is not, is written as null;
 * typed arrays as arrays.
 *
 * @throws InvalidInputError a number is infinite, see {@link refuseInfinite}
 */
export function printJson(value: unknown): void {
  refuseInfinite(value);
  print(
    JSON.stringify(
      value,
      (_key, item: unknown) => (ArrayBuffer.isView(item) ? [...toIterable(item)] : item),
      2,
    ),
  );
}

/**
 * No result of ours is infinite: where a number is, numbers of the input have left the range of double precision together.
 * Every result passes here before it is printed or written.
 *
 * @throws InvalidInputError with the place of the first infinite number
 */
export function refuseInfinite(value: unknown): void {
  const place = infinitePlace(value, '');
  if (place === undefined) return;
  const message =
    'is infinite: numbers of the input are too large, or too small, for what is computed from them';
  throw new InvalidInputError('result', [{ path: place, message }]);
}

function infinitePlace(value: unknown, at: string): string | undefined {
  if (value === Infinity || value === -Infinity) return at;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const place = infinitePlace(item, at === '' ? key : `${at}.${key}`);
    if (place !== undefined) return place;
  }
  return undefined;
}

function toIterable(view: ArrayBufferView): Iterable<unknown> {
  return view instanceof DataView ? [] : (view as unknown as Iterable<unknown>);
}

/** Writes a line to standard error: what happened on the way. Never part of the result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * A number for a reader: integers in full, others with `digits` significant digits, very large or small ones with an
 * exponent, NaN as a dash.
 */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  if (size >= 10 ** digits) return size < 1e15 ? value.toFixed(0) : value.toExponential(digits - 1);
  return size < 1e-4 ? value.toExponential(digits - 1) : String(Number(value.toPrecision(digits)));
}

/** A table for the terminal: text to the left, numbers (by {@link formatNumber}) to the right, no colour. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const aligns = head.map((_title, column) =>
    rows.length > 0 && rows.every((row) => typeof row[column] === 'number') ? 'right' : 'left',
  );
  const table = new Table({
    head: [...head],
    colAligns: aligns,
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    table.push(row.map((cell) => (typeof cell === 'number' ? formatNumber(cell) : cell)));
  }
  return table.toString();
}
