import { isDrawn } from '@metalore/core/document';
import { drawContractInstance, parseContractInstance } from '@metalore/core/contract';
import type { ContractInstance } from '@metalore/core/contract';
import { loadInput } from '../io/load-input.js';

/**
 * Reads an instance: a file, or the name of an example (`contract-reference`, or `reference` for short). With a field
 * `seed` and no list of types it is drawn, otherwise explicit.
 *
 * @param changes `path=value`, the value in YAML
 * @throws InvalidInputError with every problem, its field and type
 */
export function loadContractInstance(nameOrFile: string, changes: readonly string[] = []): ContractInstance {
  const { document, what } = loadInput('contract', nameOrFile, changes);
  return isDrawn(document, 'types')
    ? drawContractInstance(document, what)
    : parseContractInstance(document, what);
}
