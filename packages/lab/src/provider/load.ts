import { isDrawn } from '@metalore/core/document';
import { drawInstance, parseInstance } from '@metalore/core/provider';
import type { ProviderInstance } from '@metalore/core/provider';
import { loadInput } from '../io/load-input.js';

/**
 * Reads an instance: a file, or the name of an example. With a field `seed` and no list of providers it is drawn, otherwise
 * explicit.
 *
 * @param changes `path=value`, the value in YAML
 * @throws InvalidInputError with every problem, its provider or task
 */
export function loadProviderInstance(nameOrFile: string, changes: readonly string[] = []): ProviderInstance {
  const { document, what } = loadInput('provider', nameOrFile, changes);
  return isDrawn(document, 'providers') ? drawInstance(document, what) : parseInstance(document, what);
}
