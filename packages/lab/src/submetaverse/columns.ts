import type { Table } from '../results/tables.js';

type Numbers = Float64Array | Int32Array;
type ColumnType = 'int' | 'double';

/** A table that grows row by row over typed arrays, for what a simulation records. */
export class Columns<Name extends string> {
  readonly #names: readonly Name[];
  readonly #types: Readonly<Record<Name, ColumnType>>;
  readonly #arrays: Numbers[];
  #capacity: number;
  rows = 0;

  constructor(types: Readonly<Record<Name, ColumnType>>, capacity = 1024) {
    this.#types = types;
    this.#names = Object.keys(types) as Name[];
    this.#capacity = capacity;
    this.#arrays = this.#names.map((name) => newArray(types[name], capacity));
  }

  /** Adds a row. @param values in the order of the columns */
  push(...values: number[]): void {
    if (this.rows === this.#capacity) this.#grow();
    for (let column = 0; column < values.length; column++) this.#arrays[column]![this.rows] = values[column]!;
    this.rows++;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#arrays.forEach((array, column) => {
      const larger = newArray(this.#types[this.#names[column]!], this.#capacity);
      larger.set(array);
      this.#arrays[column] = larger;
    });
  }

  /** The rows so far, copied. */
  take(): ColumnData<Name> {
    return Object.fromEntries(
      this.#names.map((name, column) => [name, this.#arrays[column]!.slice(0, this.rows)]),
    ) as ColumnData<Name>;
  }
}

/** Plain columns of equal length, which can be sent between threads. */
export type ColumnData<Name extends string = string> = Record<Name, Numbers>;

function newArray(type: ColumnType, length: number): Numbers {
  return type === 'int' ? new Int32Array(length) : new Float64Array(length);
}

/** Sum of a column. */
export function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return sum;
}

/** The same columns of several parts below one another. */
export function concatenate<Name extends string>(parts: readonly ColumnData<Name>[]): ColumnData<Name> {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? ({} as ColumnData<Name>);
  const names = Object.keys(first) as Name[];
  return Object.fromEntries(
    names.map((name) => {
      const total = parts.reduce((sum, part) => sum + part[name].length, 0);
      const joined = newArray(first[name] instanceof Int32Array ? 'int' : 'double', total);
      let at = 0;
      for (const part of parts) {
        joined.set(part[name], at);
        at += part[name].length;
      }
      return [name, joined];
    }),
  ) as ColumnData<Name>;
}

/** A table whose columns of device numbers are written as names: 3 → `ue-3`, −1 → ''. */
export function withDeviceNames(
  name: string,
  data: ColumnData,
  prefixes: Readonly<Record<string, string>>,
): Table {
  const columns: Record<string, ArrayLike<number> | readonly string[]> = {};
  for (const [column, values] of Object.entries(data)) {
    const prefix = prefixes[column];
    columns[column] = prefix === undefined ? values : deviceNames(values, prefix);
  }
  return { name, columns };
}

function deviceNames(numbers: Numbers, prefix: string): string[] {
  const known: string[] = [];
  return Array.from(numbers, (number) => (number < 0 ? '' : (known[number] ??= `${prefix}-${number}`)));
}
