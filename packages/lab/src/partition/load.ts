import { parsePartitionInstance } from '@metalore/core/partition';
import type { PartitionInstance } from '@metalore/core/partition';
import { loadInput } from '../io/load-input.js';

/**
 * Reads a partition instance: a preset's name (`city`) or a YAML or JSON file.
 *
 * @param set changes `path=value`, the value in YAML
 * @throws InvalidInputError with all problems at once
 */
export function loadPartitionInstance(nameOrFile: string, set: readonly string[] = []): PartitionInstance {
  const { document, what } = loadInput('partition', nameOrFile, set);
  return parsePartitionInstance(document, what);
}
