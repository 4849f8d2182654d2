import { readdirSync } from 'node:fs';
import { InvalidInputError } from '@metalore/core/errors';
import { parsePartitionInstance } from '@metalore/core/partition';
import type { PartitionInstance } from '@metalore/core/partition';
import { withChanges } from '@metalore/core/scenario';
import { dataFile, dataFolder } from '../io/data-folder.js';
import { parseText, readDocument } from '../io/documents.js';

/**
 * Reads a partition instance: a preset's name (`city`) or a YAML or JSON file.
 *
 * @param set changes `path=value`, the value in YAML
 * @throws InvalidInputError with all problems at once
 */
export function loadPartitionInstance(nameOrFile: string, set: readonly string[] = []): PartitionInstance {
  const isName = /^[a-z][a-z0-9-]*$/.test(nameOrFile);
  const document = readDocument(isName ? presetFile(nameOrFile) : nameOrFile);
  return parsePartitionInstance(withChanges(document, changesOf(set)), `partition instance ${nameOrFile}`);
}

function presetFile(name: string): string {
  const presets = readdirSync(dataFolder('scenarios'))
    .filter((file) => file.endsWith('.yaml'))
    .filter(
      (file) => (readDocument(dataFile('scenarios', file)) as { kind?: string } | null)?.kind === 'partition',
    )
    .map((file) => file.replace(/\.yaml$/, ''));
  if (presets.includes(name)) return dataFile('scenarios', `${name}.yaml`);
  const message = `is neither a file nor a preset; presets: ${presets.join(', ')}`;
  throw new InvalidInputError('partition instance', [{ path: name, message }]);
}

function changesOf(set: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    set.map((assignment) => {
      const at = assignment.indexOf('=');
      if (at < 1) {
        const message = `"${assignment}" is not of the form path=value`;
        throw new InvalidInputError('options', [{ path: '--set', message }]);
      }
      return [assignment.slice(0, at), parseText(assignment.slice(at + 1), `--set ${assignment}`)];
    }),
  );
}
