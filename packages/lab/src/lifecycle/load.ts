import { kindOf } from '@metalore/core/document';
import { parseLifecycleScript, parseReputationInstance } from '@metalore/core/lifecycle';
import type { LifecycleScript, ReputationInstance } from '@metalore/core/lifecycle';
import { loadInput } from '../io/load-input.js';

/** What `metalore lifecycle` is given: a script for the chain, or interactions to form reputations from. */
export type LoadedLifecycle = {
  /** As it was written, for the manifest. */
  readonly document: unknown;
} & (
  | { readonly kind: 'lifecycle'; readonly script: LifecycleScript }
  | { readonly kind: 'reputation'; readonly instance: ReputationInstance }
);

/**
 * Reads an input of kind `lifecycle` (where it says none) or `reputation`: a file, or the name of an example.
 *
 * @param changes `path=value`, the value in YAML
 * @throws InvalidInputError with every problem, its field and index
 */
export function loadLifecycle(nameOrFile: string, changes: readonly string[] = []): LoadedLifecycle {
  const { document, what } = loadInput(['lifecycle', 'reputation'], nameOrFile, changes);
  return kindOf(document) === 'reputation'
    ? { document, kind: 'reputation', instance: parseReputationInstance(document, what) }
    : { document, kind: 'lifecycle', script: parseLifecycleScript(document, what) };
}
