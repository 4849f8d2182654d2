import { maskFull, observationSize, observe, providerFeatures } from '@metalore/core/provider';
import type { ProviderPolicy } from '@metalore/core/provider';
import { InvalidInputError } from '@metalore/core/errors';
import { createActor } from './actor.js';
import type { PolicyDocument } from './document.js';

/**
 * A trained policy as one that gives tasks to providers, by the middle of what it learnt.
 *
 * @param providers how many it has to choose from
 * @param what how the policy is called in an error
 * @throws InvalidInputError it is not for so many providers
 */
export function learnedProviderPolicy(
  document: PolicyDocument,
  providers: number,
  what = document.name,
): ProviderPolicy {
  const { actions, features } = document;
  if (!('n' in actions) || features.join() !== providerFeatures(providers).join()) {
    const message = `observes ${features.length} numbers and chooses among ${actions.names.length}; expected a policy for ${providers} providers (${observationSize(providers)} numbers)`;
    throw new InvalidInputError('policy', [{ path: what, message }]);
  }
  const actor = createActor(document);
  const observation = new Float64Array(observationSize(providers));
  const action = new Float64Array(1);
  const mask = actions.masked ? new Uint8Array(providers) : undefined;
  return {
    name: document.name,
    begin: () => undefined,
    choose(simulator) {
      observe(simulator, observation, 0);
      if (mask !== undefined) maskFull(simulator, mask, 0);
      actor.act(observation, 0, action, 0, undefined, mask);
      return action[0];
    },
  };
}
