import path from 'node:path';
import { formatPath, parsePath, withChanges } from '@metalore/core/document';
import { InvalidInputError } from '@metalore/core/errors';
import type { Problem } from '@metalore/core/errors';
import { parseScenario, scenarioProblems } from '@metalore/core/scenario';
import type { Scenario } from '@metalore/core/scenario';
import type { Traces } from '@metalore/core/submetaverse';
import { inputFile, loadInput, readChanges } from '../io/load-input.js';
import { readTraces, replayScenario } from './traces.js';

/** Options that every command with a SCENARIO has. */
export interface ScenarioOptions {
  /** `path=value`, the value in YAML. */
  set?: readonly string[];
  eta?: string;
  c2?: string;
  replay?: string;
  skipBadRows?: true;
}

/** A scenario with the recorded data it plays. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly traces: Traces;
}

const KIND = 'submetaverse';

/** What file names in a scenario are relative to. */
export function scenarioFolder(nameOrFile: string): string {
  return path.dirname(inputFile(KIND, nameOrFile));
}

/**
 * Reads and validates a scenario: a preset's name or a file, changed by `--set`, `--eta`, `--c2` and `--replay`.
 *
 * @throws InvalidInputError with all problems at once and their paths
 */
export function loadScenario(nameOrFile: string, options: ScenarioOptions = {}): LoadedScenario {
  const { document, what, folder } = loadInput(KIND, nameOrFile, changesOf(options), applyChanges);
  let scenario = parseScenario(document, what);
  const reading = options.skipBadRows ? { skipBadRows: true } : {};
  if (options.replay !== undefined) {
    scenario = parseScenario(replayScenario(scenario, options.replay, reading), what);
  }
  return { scenario, traces: readTraces(scenario, folder, reading) };
}

/**
 * Changes fields of a scenario as it was written. Where the parent of a field was not written, its resolved value is taken
 * first (`ues.arrivals.probability` keeps the default model), so that what follows from other fields, such as a base
 * station in the middle of the area, still does.
 */
export function applyChanges(written: unknown, changes: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(changes).reduce(applyChange, written);
}

function applyChange(written: unknown, [field, value]: [string, unknown]): unknown {
  const parts = parsePath(field);
  const parents = parts.slice(1).map((_part, index) => parts.slice(0, index + 1));
  const missing = parents.find((parent) => valueAt(written, parent) === undefined);
  if (missing === undefined || scenarioProblems(written).length > 0) {
    return withChanges(written, { [field]: value });
  }
  const known = valueAt(parseScenario(written), missing);
  const complete = known === undefined ? written : withChanges(written, { [formatPath(missing)]: known });
  return withChanges(complete, { [field]: value });
}

function valueAt(value: unknown, parts: readonly (string | number)[]): unknown {
  return parts.reduce<unknown>(
    (at, part) => (at as Record<string | number, unknown> | undefined)?.[part],
    value,
  );
}

function changesOf(options: ScenarioOptions): Record<string, unknown> {
  const problems: Problem[] = [];
  const changes = readChanges(options.set ?? [], problems);
  for (const [option, field] of [['eta', 'reward.eta'] as const, ['c2', 'reward.latePenalty'] as const]) {
    const value = options[option];
    if (value === undefined) continue;
    if (value.trim() === '' || !Number.isFinite(Number(value))) {
      problems.push({ path: `--${option}`, message: `"${value}" is not a number` });
    } else changes[field] = Number(value);
  }
  if (problems.length > 0) throw new InvalidInputError('options', problems);
  return changes;
}
