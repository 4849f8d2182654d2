import { kindOf } from '@metalore/core/document';
import { InvalidInputError } from '@metalore/core/errors';
import { parseLifecycleScript, parseReputationInstance } from '@metalore/core/lifecycle';
import type { LifecycleScript, ReputationInstance } from '@metalore/core/lifecycle';
import { readDocument } from '../io/documents.js';
import { inputFile, loadInput, presetNames } from '../io/load-input.js';

/** What `metalore lifecycle` is given: interactions to form reputations from, or a script for the chain. */
export type LoadedLifecycle =
  | { readonly kind: 'reputation'; readonly instance: ReputationInstance }
  | { readonly kind: 'lifecycle'; readonly script: LifecycleScript };

/**
 * Reads an input of kind `reputation` or `lifecycle`: a file, or the name of an example.
 *
 * @param changes `path=value`, the value in YAML
 * @throws InvalidInputError with every problem, its field and index
 */
export function loadLifecycle(nameOrFile: string, changes: readonly string[] = []): LoadedLifecycle {
  const isReputation = presetNames('reputation').includes(nameOrFile);
  const file = inputFile(isReputation ? 'reputation' : 'lifecycle', nameOrFile);
  const kind = kindOf(readDocument(file));
  if (kind === 'reputation') {
    const { document, what } = loadInput('reputation', nameOrFile, changes);
    return { kind, instance: parseReputationInstance(document, what) };
  }
  if (kind === 'lifecycle') {
    const { document, what } = loadInput('lifecycle', nameOrFile, changes);
    return { kind, script: parseLifecycleScript(document, what) };
  }
  throw new InvalidInputError(`lifecycle input ${nameOrFile}`, [
    { path: 'kind', message: `is ${JSON.stringify(kind)}; accepted: "lifecycle", "reputation"` },
  ]);
}
