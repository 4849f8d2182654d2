import { InvalidInputError } from '@metalore/core/errors';
import type { Problem } from '@metalore/core/errors';
import { traceInstance } from '@metalore/core/serving';
import type { ServingInstance, ServingScenario, TraceModel, TraceRequest } from '@metalore/core/serving';
import { readCsv } from '../io/csv.js';

/** How a recorded log is read. Columns by their name in the header. */
export interface TraceFileOptions {
  readonly timeColumn: string;
  readonly modelColumn: string;
  /** CSV file with the models' sizes. */
  readonly sizes?: string | undefined;
  readonly sizesModelColumn: string;
  readonly sizesColumn: string;
  /** Sizes in GB for models that `sizes` lacks, in turn by first request. */
  readonly gb: readonly number[];
  /** GFLOP of a request. */
  readonly gflops: number;
  /** Accuracy of all models, %. */
  readonly accuracy: number;
  readonly slotSeconds?: number | undefined;
  readonly skipBadRows: boolean;
}

export interface LoadedTrace {
  readonly instance: ServingInstance;
  /** What was wrong in the rows left out. */
  readonly skipped: readonly Problem[];
}

const SHOWN_PROBLEMS = 20;

/**
 * Reads a log of requests, one a row in any order, with a column for the time and one for the model.
 *
 * @throws InvalidInputError with file, line, column and value of every broken row, unless they are to be left out
 */
export function readServingTrace(
  file: string,
  scenario: ServingScenario,
  options: TraceFileOptions,
): LoadedTrace {
  const { timeColumn, modelColumn, skipBadRows } = options;
  const text = { type: 'text' } as const;
  const { rows, lines, skipped } = readCsv<Record<string, typeof text>>(
    file,
    { [timeColumn]: text, [modelColumn]: text },
    { skipBadRows },
  );
  const requests: TraceRequest[] = [];
  const problems: Problem[] = [];
  rows.forEach((row, index) => {
    const seconds = secondsOf(row[timeColumn]);
    const model = row[modelColumn];
    if (seconds === null) {
      const message = `"${row[timeColumn]}" is neither seconds nor a date like 2024-11-15 16:57:50`;
      problems.push({ path: `${file}:${lines[index]}:${timeColumn}`, message });
    } else if (model === '') {
      problems.push({ path: `${file}:${lines[index]}:${modelColumn}`, message: 'is empty' });
    } else requests.push({ seconds, model });
  });
  if (problems.length > 0 && !skipBadRows) {
    const rest = problems.length - SHOWN_PROBLEMS;
    const more = rest > 0 ? [{ path: file, message: `… and ${rest} more broken rows` }] : [];
    throw new InvalidInputError('trace', [...problems.slice(0, SHOWN_PROBLEMS), ...more], {
      hint: '--skip-bad-rows leaves broken rows out and counts them',
    });
  }
  if (requests.length === 0) {
    throw new InvalidInputError('trace', [{ path: file, message: 'has no request that can be read' }]);
  }
  const sizes = options.sizes === undefined ? undefined : readSizes(options.sizes, options);
  const instance = traceInstance(requests, {
    scenario,
    slotSeconds: options.slotSeconds,
    modelOf: (model, order) => modelOf(model, order, sizes?.sizes, options),
  });
  return { instance, skipped: [...skipped, ...problems, ...(sizes?.skipped ?? [])] };
}

function readSizes(
  file: string,
  options: TraceFileOptions,
): { sizes: ReadonlyMap<string, number>; skipped: readonly Problem[] } {
  const { sizesModelColumn, sizesColumn, skipBadRows } = options;
  const { rows, skipped } = readCsv<Record<string, { type: 'number'; min: number } | { type: 'text' }>>(
    file,
    { [sizesModelColumn]: { type: 'text' }, [sizesColumn]: { type: 'number', min: Number.MIN_VALUE } },
    { skipBadRows },
  );
  const entries = rows.map((row): [string, number] => [
    String(row[sizesModelColumn]),
    Number(row[sizesColumn]),
  ]);
  return { sizes: new Map(entries), skipped };
}

function modelOf(
  model: string,
  order: number,
  sizes: ReadonlyMap<string, number> | undefined,
  { gb, gflops, accuracy }: TraceFileOptions,
): TraceModel {
  return { gb: sizes?.get(model) ?? gb[order % gb.length], gflops, accuracy };
}

const DATE =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2}(?:[.,]\d+)?)\s*(?:Z|UTC|([+-])(\d{2}):?(\d{2}))?$/;

/** A time in seconds: a number, or a date with or without a zone; one without is taken as it stands. */
function secondsOf(text: string): number | null {
  if (text === '') return null;
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  const match = DATE.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, sign, zoneHours, zoneMinutes] = match;
  const start = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  const isReal =
    Number(month) >= 1 &&
    Number(day) >= 1 &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    new Date(start).getUTCDate() === Number(day);
  if (!isReal) return null;
  const zone =
    sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  return start / 1000 - zone * 60 + Number(second.replace(',', '.'));
}
