import { requireFunction, requireFunctions, type Check } from '../registry/index.js';
import type { Policy, PolicyFactory } from './policy.js';

/** A user's policy gives splits in [0, 1]. */
export const checkPolicy: Check<PolicyFactory> = (make, refuse, name) => {
  requireFunction(make, 'a function of the numbers behind the name that makes a policy', refuse);
  return (parameters) => {
    const policy = make(parameters);
    requireFunctions(policy, ['act'], 'a policy { features, act(…) }, perhaps with name and reset', refuse);
    if (!Array.isArray(policy.features))
      refuse('features', policy.features, 'a list of observation features');
    const checked: Policy = {
      name: policy.name ?? name,
      features: policy.features,
      reset: (seed, episode) => policy.reset?.(seed, episode),
      act(observation, offset, action, at, cell) {
        policy.act(observation, offset, action, at, cell);
        for (const [split, value] of [
          ['ρC', action[at]],
          ['ρP', action[at + 1]],
        ] as const) {
          if (!(value >= 0 && value <= 1)) refuse(`${split} of cell ${cell}`, value, 'a split in [0, 1]');
        }
      },
    };
    return checked;
  };
};
