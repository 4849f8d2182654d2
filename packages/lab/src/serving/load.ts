import { readdirSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Problem } from '@metalore/core/errors';
import { withChanges } from '@metalore/core/scenario';
import { generateWorkload, parseServingInstance, parseServingScenario } from '@metalore/core/serving';
import type { ServingInstance, ServingScenario } from '@metalore/core/serving';
import { dataFile, dataFolder } from '../io/data-folder.js';
import { parseText, readDocument } from '../io/documents.js';
import { readServingTrace } from './trace-files.js';
import type { TraceFileOptions } from './trace-files.js';

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
}

/** The scenario a trace borrows its server and prices from. */
const DEFAULT_SCENARIO = 'edge-models';

/**
 * Reads what the caching command is given: a preset's name, a scenario file, an explicit instance (it has `requests`), or
 * a recorded log (a file that ends in .csv).
 *
 * @throws InvalidInputError with all problems at once
 */
export function loadServingInput(nameOrFile: string, options: ServingInputOptions): ServingInput {
  if (nameOrFile.toLowerCase().endsWith('.csv')) {
    const scenario = scenarioFrom(readDocument(presetFile(DEFAULT_SCENARIO)), DEFAULT_SCENARIO, options.set);
    const trace = readServingTrace(nameOrFile, scenario, options.trace);
    const described = { trace: nameOrFile, server: scenario.server, costs: scenario.costs };
    return { ...trace, kind: 'trace', described };
  }
  const isName = /^[a-z][a-z0-9-]*$/.test(nameOrFile);
  const document = readDocument(isName ? presetFile(nameOrFile) : nameOrFile);
  if (isRecord(document) && ('requests' in document || 'params' in document)) {
    const changed = withChanges(document, changesOf(options.set));
    const instance = parseServingInstance(changed, `instance ${nameOrFile}`);
    const described = { instance: nameOrFile, params: instance.params };
    return { instance, kind: 'instance', described, skipped: [] };
  }
  const scenario = scenarioFrom(document, nameOrFile, options.set);
  const instance = generateWorkload(scenario, options.seed);
  return { instance, kind: 'scenario', described: scenario, skipped: [] };
}

/** Reads and checks a serving scenario by a preset's name. */
export function loadServingScenario(preset: string, set: readonly string[] = []): ServingScenario {
  return scenarioFrom(readDocument(presetFile(preset)), preset, set);
}

function scenarioFrom(document: unknown, name: string, set: readonly string[]): ServingScenario {
  return parseServingScenario(withChanges(document, changesOf(set)), `scenario ${name}`);
}

function presetFile(name: string): string {
  const presets = readdirSync(dataFolder('scenarios'))
    .filter((file) => file.endsWith('.yaml'))
    .filter((file) => kindOf(readDocument(dataFile('scenarios', file))) === 'serving')
    .map((file) => path.basename(file, '.yaml'))
    .sort();
  if (presets.includes(name)) return dataFile('scenarios', `${name}.yaml`);
  throw new InvalidInputError('serving scenario', [
    { path: name, message: `is neither a file nor a serving preset; presets: ${presets.join(', ')}` },
  ]);
}

function kindOf(document: unknown): unknown {
  return isRecord(document) ? document.kind : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function changesOf(set: readonly string[]): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const assignment of set) {
    const at = assignment.indexOf('=');
    if (at < 1) {
      const message = `"${assignment}" is not of the form path=value`;
      throw new InvalidInputError('options', [{ path: '--set', message }]);
    }
    changes[assignment.slice(0, at)] = parseText(assignment.slice(at + 1), `--set ${assignment}`);
  }
  return changes;
}
