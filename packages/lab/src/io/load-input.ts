import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { checkKind, withChanges } from '@metalore/core/document';
import { InvalidInputError } from '@metalore/core/errors';
import type { Problem } from '@metalore/core/errors';
import { dataFolder } from './data-folder.js';
import { parseText, readDocument, readText } from './documents.js';

/** What a user named as input, read and changed, not yet validated. */
export interface LoadedInput {
  /** The document with the changes made; give it to the system's parser. */
  readonly document: unknown;
  /** How errors call it: `scenario paper`. */
  readonly what: string;
  /** The file that was read. */
  readonly file: string;
  /** What file names inside the document are relative to. */
  readonly folder: string;
}

/** How a document is changed at dotted paths, where simply setting the fields is not what a user means. */
export type Change = (document: unknown, changes: Readonly<Record<string, unknown>>) => unknown;

/** The kind of a document that names none. */
const DEFAULT_KIND = 'submetaverse';

/**
 * Reads an input: a preset by its name (`paper`; `m6` or `urllc-m6` for `scenarios/urllc-m6.yaml`), a YAML or JSON file, or
 * a folder with a `scenario.yaml`.
 *
 * @param kinds the document's `kind`, or several that it may have; a document without one is accepted, as its parser says
 * what it must have
 * @param changes `path=value`, the value in YAML, as of `--set`; or values by dotted path
 * @param change how changes are made
 * @throws InvalidInputError for a name that is neither, a syntax error, a wrong kind, a malformed change
 */
export function loadInput(
  kinds: string | readonly string[],
  nameOrFile: string,
  changes: readonly string[] | Readonly<Record<string, unknown>> = [],
  change: Change = withChanges,
): LoadedInput {
  const set = Array.isArray(changes) ? parseChanges(changes as readonly string[]) : changes;
  const accepted = [kinds].flat();
  const what = `${nameOfKinds(accepted)} ${nameOrFile}`;
  const file = inputFile(accepted, nameOrFile);
  const document = readDocument(file);
  checkKind(document, accepted, what);
  const changed = Object.keys(set).length === 0 ? document : change(document, set as Record<string, unknown>);
  return { document: changed, what, file, folder: path.dirname(file) };
}

function nameOfKinds(kinds: readonly string[]): string {
  return kinds.includes(DEFAULT_KIND) ? 'scenario' : `${kinds[0]} input`;
}

/** Names of the presets of a kind, sorted. */
export function presetNames(kind: string): string[] {
  const folder = dataFolder('scenarios');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .filter((file) => kindOfPreset(path.join(folder, file)) === kind)
    .map((file) => path.basename(file, '.yaml'))
    .sort();
}

/** Not parsed: the help of a command lists presets, and to read all of them takes longer than to load the command. */
function kindOfPreset(file: string): string {
  return /^kind: *(\S+)/m.exec(readText(file))?.[1] ?? DEFAULT_KIND;
}

/**
 * The file behind a preset's name, the `scenario.yaml` of a folder, or the name itself where it is a file.
 *
 * @throws InvalidInputError that lists the presets
 */
export function inputFile(kind: string | readonly string[], nameOrFile: string): string {
  const kinds = [kind].flat();
  const inFolder = path.join(nameOrFile, 'scenario.yaml');
  if (existsSync(inFolder)) return inFolder;
  if (!/^[a-z][a-z0-9-]*$/.test(nameOrFile)) return nameOrFile;
  const presets = kinds.flatMap(presetNames);
  const names = [nameOrFile, ...kinds.map((kind) => `${kind}-${nameOrFile}`)];
  const preset = names.find((name) => presets.includes(name));
  if (preset !== undefined) return path.join(dataFolder('scenarios'), `${preset}.yaml`);
  if (existsSync(nameOrFile) && statSync(nameOrFile).isFile()) return nameOrFile;
  throw new InvalidInputError(nameOfKinds(kinds), [
    {
      path: nameOrFile,
      message: `is neither a file, nor a folder with a scenario.yaml, nor a preset; presets: ${presets.join(', ')}`,
    },
  ]);
}

/**
 * `path=value` assignments of `--set` as values by path.
 *
 * @throws InvalidInputError with every malformed one
 */
function parseChanges(assignments: readonly string[]): Record<string, unknown> {
  const problems: Problem[] = [];
  const changes = readChanges(assignments, problems);
  if (problems.length > 0) throw new InvalidInputError('options', problems);
  return changes;
}

/**
 * `path=value` assignments of `--set` as values by path, for whoever has further options to check.
 *
 * @param problems where malformed assignments are added
 * @throws InvalidInputError for a value that is no YAML
 */
export function readChanges(assignments: readonly string[], problems: Problem[]): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    if (at < 1) problems.push({ path: '--set', message: `"${assignment}" is not of the form path=value` });
    else changes[assignment.slice(0, at)] = parseText(assignment.slice(at + 1), `--set ${assignment}`);
  }
  return changes;
}
