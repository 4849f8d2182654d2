import type { Admission, CachingPolicy } from '../policy.js';
import { DecayedDemand } from './demand.js';

/**
 * Least context (paper 002, section V-B): the model with the least context goes first, where the score of a model,
 * resident or not, is D = Σ λ^age over all requests for it that the edge has seen.
 */
export function leastContext(name: string, admission: Admission): CachingPolicy {
  return {
    name,
    start(instance, server) {
      const demand = new DecayedDemand(server.decay, instance.services.length);
      return {
        admission,
        onRequest: (service, slot) => demand.add(service, slot),
        key: (service) => demand.key(service),
        worth: (service, slot) => demand.now(service, slot),
      };
    },
  };
}

/**
 * Least context as the paper's text has it: the score is the number of effective examples K in the context, which is 0
 * for a newcomer and stays 0 without a window; every missing model is loaded.
 */
export const leastContextAlways: CachingPolicy = {
  name: 'LC-always',
  start(_instance, server) {
    return {
      admission: 'always',
      key: (service, slot) => server.decay.key(server.effectiveExamples(service, slot), slot),
    };
  },
};
