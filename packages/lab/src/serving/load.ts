import type { Problem } from '@metalore/core/errors';
import { generateWorkload, parseServingInstance, parseServingScenario } from '@metalore/core/serving';
import type { ServingInstance, ServingScenario } from '@metalore/core/serving';
import { loadInput } from '../io/load-input.js';
import { readServingTrace } from './trace-files.js';
import type { LoadedTrace, TraceFileOptions } from './trace-files.js';

export interface ServingInputOptions {
  readonly seed: number;
  /** `path=value` changes of the scenario. */
  readonly set: readonly string[];
  readonly trace: TraceFileOptions;
}

export interface ServingInput {
  readonly instance: ServingInstance;
  readonly kind: 'scenario' | 'instance' | 'trace';
  /** What the run's manifest says about it. */
  readonly described: unknown;
  readonly skipped: readonly Problem[];
  /** Of a log: its layout and its rows. */
  readonly log?: LoadedTrace['log'];
}

/** Whether a file is a log of requests, by its name. */
export function isLog(file: string): boolean {
  return /\.(csv|jsonl)(\.gz)?$/i.test(file);
}

/** The scenario a trace borrows its server and prices from. */
const DEFAULT_SCENARIO = 'edge-models';

/**
 * Reads what the caching command is given: a preset's name, a scenario file, an explicit instance (it has `requests`), or
 * a recorded log (a file that ends in .csv or .jsonl, with .gz behind it or not).
 *
 * @throws InvalidInputError with all problems at once
 */
export async function loadServingInput(
  nameOrFile: string,
  options: ServingInputOptions,
): Promise<ServingInput> {
  if (isLog(nameOrFile)) {
    const scenario = loadServingScenario(DEFAULT_SCENARIO, options.set);
    const trace = await readServingTrace(nameOrFile, scenario, options.trace);
    const described = { trace: nameOrFile, log: trace.log, server: scenario.server, costs: scenario.costs };
    return { ...trace, kind: 'trace', described };
  }
  const { document, what } = loadInput('serving', nameOrFile, options.set);
  if (isRecord(document) && ('requests' in document || 'params' in document)) {
    const instance = parseServingInstance(document, what);
    const described = { instance: nameOrFile, params: instance.params };
    return { instance, kind: 'instance', described, skipped: [] };
  }
  const scenario = parseServingScenario(document, what);
  const instance = generateWorkload(scenario, options.seed);
  return { instance, kind: 'scenario', described: scenario, skipped: [] };
}

/** Reads and checks a serving scenario by a preset's name. */
export function loadServingScenario(preset: string, set: readonly string[] = []): ServingScenario {
  const { document, what } = loadInput('serving', preset, set);
  return parseServingScenario(document, what);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
