import {
  contractActionSpace,
  contractFeatures,
  menuOfAction,
  observationOf,
  scoreMenu,
} from '@metalore/core/contract';
import type { ContractHead, ContractInstance, ContractSolution } from '@metalore/core/contract';
import { InvalidInputError } from '@metalore/core/errors';
import { createActor } from '@metalore/learn/policy-file';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { readPolicyDocument } from '../policy/policy-file.js';

/**
 * The menu that a trained policy posts for an instance, scored as any other.
 *
 * @param run a folder that `metalore train` wrote, or its `policy.json`
 * @throws InvalidInputError if it is no policy for contracts with as many types
 */
export function solveByPolicy(instance: ContractInstance, run: string): ContractSolution {
  const document = readPolicyDocument(run);
  return policySolution(instance, document, run);
}

/** @param what how the policy is called in an error */
export function policySolution(
  instance: ContractInstance,
  document: PolicyDocument,
  what = document.name,
): ContractSolution {
  const head = headOf(instance, document, what);
  const action = new Float64Array(document.actions.names.length);
  const actor = createActor(document);
  const observation = observationOf(instance);
  const start = performance.now();
  actor.act(observation, 0, action, 0);
  const seconds = (performance.now() - start) / 1e3;
  return scoreMenu(instance, menuOfAction(instance, head, action), document.name, seconds);
}

/** The head that a policy's actions are for. */
function headOf(instance: ContractInstance, document: PolicyDocument, what: string): ContractHead {
  const types = instance.types.length;
  const features = contractFeatures(types).join();
  const actions = document.actions.names.join();
  const head = (['structured', 'raw'] as const).find(
    (name) => contractActionSpace(types, name, instance).names.join() === actions,
  );
  if (head !== undefined && document.features.join() === features) return head;
  throw new InvalidInputError('policy', [
    {
      path: what,
      message: `observes ${document.features.length} numbers and names ${document.actions.names.length}; expected a policy for contracts with ${types} types (${3 + 2 * types} numbers; ${types} of the structured head, ${2 * types} of the raw one)`,
    },
  ]);
}
