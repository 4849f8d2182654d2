import { existsSync } from 'node:fs';
import path from 'node:path';
import { drawAuctionInstance, parseAuctionInstance } from '@metalore/core/auction';
import type { AuctionInstance } from '@metalore/core/auction';
import { withChanges } from '@metalore/core/scenario';
import { dataFolder } from '../io/data-folder.js';
import { parseText, readDocument } from '../io/documents.js';

/** An instance, and the drawing options where it was drawn. */
export interface LoadedAuction {
  readonly instance: AuctionInstance;
  /** Absent for an explicit instance. */
  readonly drawn?: Readonly<Record<string, unknown>> & { readonly seed: number };
}

/**
 * Reads an instance: a file, or the name of an example (`base` for `scenarios/auction-base.yaml`). With a field `seed` it is
 * drawn, otherwise explicit. A field `kind: auction` is allowed.
 *
 * @param changes `path=value`, the value in YAML
 * @throws InvalidInputError with every problem, its vehicle and task
 */
export function loadAuction(nameOrFile: string, changes: readonly string[] = []): LoadedAuction {
  const read = readDocument(fileOf(nameOrFile));
  const changed = withChanges(read, Object.fromEntries(changes.map(parseChange)));
  const what = `auction instance ${nameOrFile}`;
  if (typeof changed !== 'object' || changed === null || Array.isArray(changed)) {
    return { instance: parseAuctionInstance(changed, what) };
  }
  const { kind, ...fields } = changed as Record<string, unknown>;
  const content = kind === undefined || kind === 'auction' ? fields : { kind, ...fields };
  if (!('seed' in content) || Array.isArray(content.vehicles))
    return { instance: parseAuctionInstance(content, what) };
  const instance = drawAuctionInstance(content, what);
  return { instance, drawn: content as LoadedAuction['drawn'] & object };
}

function fileOf(nameOrFile: string): string {
  if (existsSync(nameOrFile) || !/^[a-z][a-z0-9-]*$/.test(nameOrFile)) return nameOrFile;
  const name = nameOrFile.replace(/^auction-/, '');
  const example = path.join(dataFolder('scenarios'), `auction-${name}.yaml`);
  return existsSync(example) ? example : nameOrFile;
}

function parseChange(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) return [text, undefined];
  return [text.slice(0, at), parseText(text.slice(at + 1), '--set')];
}
