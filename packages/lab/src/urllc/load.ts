import { existsSync } from 'node:fs';
import path from 'node:path';
import { withChanges } from '@metalore/core/scenario';
import { drawInstance, parseInstance } from '@metalore/core/urllc';
import type { UrllcInstance } from '@metalore/core/urllc';
import { dataFolder } from '../io/data-folder.js';
import { parseText, readDocument } from '../io/documents.js';

/**
 * Reads an instance: a file, or the name of an example (`m6` for `scenarios/urllc-m6.yaml`). With a field `ue` it is
 * explicit, otherwise drawn from its `seed`. A field `kind: urllc` is allowed, as the examples have it.
 *
 * @param changes `path=value`, the value in YAML
 * @throws InvalidInputError with every problem, its field and device
 */
export function loadUrllcInstance(nameOrFile: string, changes: readonly string[] = []): UrllcInstance {
  const read = readDocument(fileOf(nameOrFile));
  const changed = withChanges(read, Object.fromEntries(changes.map(parseChange)));
  const what = `URLLC instance ${nameOrFile}`;
  if (typeof changed !== 'object' || changed === null || Array.isArray(changed)) {
    return parseInstance(changed, what);
  }
  const { kind, ...fields } = changed as Record<string, unknown>;
  const content = kind === undefined || kind === 'urllc' ? fields : { kind, ...fields };
  return 'seed' in content && !('ue' in content) ? drawInstance(content, what) : parseInstance(content, what);
}

function fileOf(nameOrFile: string): string {
  if (existsSync(nameOrFile) || !/^[a-z][a-z0-9-]*$/.test(nameOrFile)) return nameOrFile;
  const name = nameOrFile.replace(/^urllc-/, '');
  const example = path.join(dataFolder('scenarios'), `urllc-${name}.yaml`);
  return existsSync(example) ? example : nameOrFile;
}

function parseChange(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) return [text, undefined];
  return [text.slice(0, at), parseText(text.slice(at + 1), '--set')];
}
