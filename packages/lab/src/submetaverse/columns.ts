import { optionalIntegers, type Table } from '../results/tables.js';

type Numbers = Float64Array | Int32Array;

/** What the simulator writes where a request has no sensor, update or AoSI. */
const NONE = -1;

/** Plain columns of equal length, which can be sent between threads. */
export type ColumnData = Readonly<Record<string, Numbers>>;

/** Sum of a column. */
export function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index];
  return sum;
}

/** The same columns of several parts below one another. */
export function concatenate(parts: readonly ColumnData[]): ColumnData {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? {};
  return Object.fromEntries(
    Object.entries(first).map(([name, column]) => {
      const rows = parts.reduce((sum, part) => sum + part[name].length, 0);
      const joined = column instanceof Int32Array ? new Int32Array(rows) : new Float64Array(rows);
      let at = 0;
      for (const part of parts) {
        joined.set(part[name], at);
        at += part[name].length;
      }
      return [name, joined];
    }),
  );
}

/**
 * A table whose columns of device numbers are written as names, 3 as `ue-3`, and in which −1 is missing where it is no number.
 *
 * @param optional columns in which −1 says that there is nothing
 */
export function withDeviceNames(
  name: string,
  data: ColumnData,
  prefixes: Readonly<Record<string, string>>,
  optional: readonly string[],
): Table {
  const columns: Record<string, Table['columns'][string]> = {};
  for (const [column, values] of Object.entries(data)) {
    const prefix = prefixes[column];
    if (prefix !== undefined) columns[column] = deviceNames(values, prefix);
    else if (optional.includes(column)) columns[column] = optionalIntegers(Int32Array.from(values), NONE);
    else columns[column] = values;
  }
  return { name, columns };
}

function deviceNames(numbers: Numbers, prefix: string): string[] {
  const known: string[] = [];
  return Array.from(numbers, (number) => (number < 0 ? '' : (known[number] ??= `${prefix}-${number}`)));
}
