import { InvalidInputError } from '@metalore/core/errors';
import type { TableFormat } from '../results/tables.js';

/** For options that may be given several times. */
export function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

/** @throws InvalidInputError unless the text is an integer of at least `min` */
export function integerOption(name: string, text: string, min: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < min) {
    throw new InvalidInputError('option', [
      { path: name, message: `"${text}" is not an integer of at least ${min}` },
    ]);
  }
  return value;
}

/** @throws InvalidInputError unless the text names a table format */
export function formatOption(text: string): TableFormat {
  if (text === 'parquet' || text === 'csv') return text;
  throw new InvalidInputError('option', [
    { path: '--format', message: `"${text}" is not a format; accepted: parquet, csv` },
  ]);
}
