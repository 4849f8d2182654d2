import { InvalidInputError } from '@metalore/core/errors';
import type { Problem } from '@metalore/core/errors';
import { contextExponent, traceInstance } from '@metalore/core/serving';
import type { ServingInstance, ServingScenario, TraceModel } from '@metalore/core/serving';
import { readCsv } from '../io/csv.js';
import { modelRule } from './log-layouts.js';
import { readRequestLog, type RequestLog } from './read-log.js';

/** How a recorded log is read, and what is known about its models. Columns by their name in the header. */
export interface TraceFileOptions {
  readonly timeColumn: string;
  readonly modelColumn: string;
  /** One model for all requests. */
  readonly modelName?: string | undefined;
  /** Models by the tokens of a request: `small:500,large`. */
  readonly modelByTokens?: string | undefined;
  /** Leave requests out that got no answer. */
  readonly dropFailed?: boolean | undefined;
  /** CSV file with the models' sizes. */
  readonly sizes?: string | undefined;
  readonly sizesModelColumn: string;
  readonly sizesColumn: string;
  /** CSV file with all that is known about models. */
  readonly catalogue?: string | undefined;
  /** Sizes in GB for models that `sizes` lacks, in turn by first request. */
  readonly gb: readonly number[];
  /** GFLOP of a request; of the mean one where the log has tokens. */
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
  /** Rows of the log: its layout, read, used, without an answer and left out. */
  readonly log: {
    readonly layout: string;
    readonly read: number;
    readonly used: number;
    readonly failed: number;
  };
}

/**
 * Reads a log of requests, one a row in any order.
 *
 * @throws InvalidInputError with file, line, column and value of every broken row, unless they are to be left out
 */
export async function readServingTrace(
  file: string,
  scenario: ServingScenario,
  options: TraceFileOptions,
): Promise<LoadedTrace> {
  const { modelName, modelByTokens, skipBadRows, dropFailed = false } = options;
  const rule = modelRule(modelName, modelByTokens);
  const log = await readRequestLog(file, { ...options, modelRule: rule, dropFailed, skipBadRows });
  const sizes = options.sizes === undefined ? undefined : readSizes(options.sizes, options);
  const catalogue = options.catalogue === undefined ? undefined : readCatalogue(options.catalogue, options);
  const work = workOf(log, options.gflops);
  const instance = traceInstance(log, {
    scenario,
    slotSeconds: options.slotSeconds,
    modelOf: (model, order) =>
      catalogue?.models.get(model) ?? {
        gb: sizes?.sizes.get(model) ?? options.gb[order % options.gb.length],
        gflops: work.get(model)!,
        accuracy: options.accuracy,
      },
  });
  return {
    instance,
    skipped: [...log.skipped, ...(sizes?.skipped ?? []), ...(catalogue?.skipped ?? [])],
    log: { layout: log.layout, read: log.read, used: log.seconds.length, failed: log.failed },
  };
}

/**
 * GFLOP of each model's requests: all alike where the log has no tokens, else in proportion to the model's mean number of
 * tokens, so that a request with the mean of all costs `gflops`.
 */
function workOf({ model, models, meanTokens }: RequestLog, gflops: number): Map<string, number> {
  const counts = models.map(() => 0);
  for (const number of model) counts[number]++;
  const total = meanTokens.reduce((sum, tokens, number) => sum + tokens * counts[number], 0);
  const mean = total / model.length;
  return new Map(
    models.map((name, number) => [name, mean > 0 ? (gflops * meanTokens[number]) / mean : gflops]),
  );
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

const CATALOGUE = {
  model: { type: 'text' },
  gb: { type: 'number', min: Number.MIN_VALUE },
  gflops: { type: 'number', min: 0 },
  accuracy: { type: 'number', min: 0, max: 100 },
  loadS: { type: 'number', min: Number.MIN_VALUE, missing: '', optional: true },
  window: { type: 'number', min: 0, missing: '', optional: true },
  oneShot: { type: 'number', min: 0, max: 100, missing: '', optional: true },
  fewShot: { type: 'number', min: 0, max: 100, missing: '', optional: true },
} as const;

/**
 * What is known about models: `model,gb,gflops,accuracy`, perhaps the time of loading `loadS`, and of those that learn in context `window,oneShot,fewShot`, from
 * which the law of their accuracy follows as for the models of Table I.
 */
function readCatalogue(
  file: string,
  { skipBadRows }: TraceFileOptions,
): { models: ReadonlyMap<string, TraceModel>; skipped: readonly Problem[] } {
  const { rows, lines, skipped } = readCsv(file, CATALOGUE, { skipBadRows });
  const problems: Problem[] = [];
  const models = new Map<string, TraceModel>();
  rows.forEach(({ model, gb, gflops, accuracy, loadS, window, oneShot, fewShot }, at) => {
    const given = [window, oneShot, fewShot].filter((value) => !Number.isNaN(value)).length;
    const path = `${file}:${lines[at]}`;
    if (given !== 0 && given !== 3) {
      problems.push({ path, message: 'window, oneShot and fewShot come together' });
    } else if (given === 3 && !(window > 1 && oneShot > accuracy && fewShot > accuracy)) {
      const message = `window ${window}, oneShot ${oneShot}, fewShot ${fewShot}: expected a window above 1 and scores above ${accuracy}`;
      problems.push({ path, message });
    } else {
      const alpha = contextExponent(accuracy, oneShot, fewShot, window);
      const context = given === 3 ? { W: window, one: oneShot, alpha } : undefined;
      models.set(model, { gb, gflops, accuracy, context, loadS: Number.isNaN(loadS) ? undefined : loadS });
    }
  });
  if (problems.length > 0) throw new InvalidInputError('catalogue', problems);
  return { models, skipped };
}
