import { drawInstance, parseInstance } from '@metalore/core/urllc';
import type { UrllcInstance } from '@metalore/core/urllc';
import { loadInput } from '../io/load-input.js';

/**
 * Reads an instance: a file, or the name of an example (`m6` for `scenarios/urllc-m6.yaml`). With a field `ue` it is
 * explicit, otherwise drawn from its `seed`. A field `kind: urllc` is allowed, as the examples have it.
 *
 * @param changes `path=value`, the value in YAML
 * @throws InvalidInputError with every problem, its field and device
 */
export function loadUrllcInstance(nameOrFile: string, changes: readonly string[] = []): UrllcInstance {
  const { document, what } = loadInput('urllc', nameOrFile, changes);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return parseInstance(document, what);
  }
  const { kind: _kind, ...content } = document as Record<string, unknown>;
  return 'seed' in content && !('ue' in content) ? drawInstance(content, what) : parseInstance(content, what);
}
