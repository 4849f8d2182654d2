import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Problem } from '@metalore/core/errors';
import { formatPath, parsePath, parseScenario, scenarioProblems, withChanges } from '@metalore/core/scenario';
import type { Scenario } from '@metalore/core/scenario';
import type { Traces } from '@metalore/core/submetaverse';
import { parseText, readDocument } from '../io/documents.js';
import { dataFolder } from '../io/data-folder.js';
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

/** Names of the presets: files of the folder `scenarios` that describe a sub-metaverse. */
export function presetNames(): string[] {
  return readdirSync(dataFolder('scenarios'))
    .filter((file) => file.endsWith('.yaml') && isSubmetaverse(path.join(dataFolder('scenarios'), file)))
    .map((file) => file.replace(/\.yaml$/, ''))
    .sort();
}

/** Other systems mark their scenarios by `kind`. */
function isSubmetaverse(file: string): boolean {
  return (readDocument(file) as { kind?: string } | null)?.kind === undefined;
}

/** The file behind a preset's name, the `scenario.yaml` of a folder, or the name itself where it is a file. */
export function scenarioFile(nameOrFile: string): string {
  const inFolder = path.join(nameOrFile, 'scenario.yaml');
  if (existsSync(inFolder)) return inFolder;
  const isName = /^[a-z][a-z0-9-]*$/.test(nameOrFile);
  if (!isName) return nameOrFile;
  const preset = path.join(dataFolder('scenarios'), `${nameOrFile}.yaml`);
  if (presetNames().includes(nameOrFile)) return preset;
  throw new InvalidInputError('scenario', [
    {
      path: nameOrFile,
      message: `is neither a file, nor a folder with a scenario.yaml, nor a preset; presets: ${presetNames().join(', ')}`,
    },
  ]);
}

/** What file names in a scenario are relative to. */
export function scenarioFolder(nameOrFile: string): string {
  return path.dirname(scenarioFile(nameOrFile));
}

/**
 * Reads and validates a scenario: a preset's name or a file, changed by `--set`, `--eta`, `--c2` and `--replay`.
 *
 * @throws InvalidInputError with all problems at once and their paths
 */
export function loadScenario(nameOrFile: string, options: ScenarioOptions = {}): LoadedScenario {
  const file = scenarioFile(nameOrFile);
  const what = `scenario ${nameOrFile}`;
  let scenario = parseScenario(applyChanges(readDocument(file) ?? {}, changesOf(options)), what);
  const reading = options.skipBadRows ? { skipBadRows: true } : {};
  if (options.replay !== undefined) {
    scenario = parseScenario(replayScenario(scenario, options.replay, reading), what);
  }
  return { scenario, traces: readTraces(scenario, path.dirname(file), reading) };
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
  const changes: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const assignment of options.set ?? []) {
    const at = assignment.indexOf('=');
    if (at < 1) problems.push({ path: '--set', message: `"${assignment}" is not of the form path=value` });
    else changes[assignment.slice(0, at)] = parseText(assignment.slice(at + 1), `--set ${assignment}`);
  }
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
