import { Decay } from '../decay.js';
import type { CachingPolicy } from '../policy.js';
import { DecayedDemand } from './demand.js';

export interface ValueOptions {
  readonly name?: string;
  /** Coefficient of the demand per slot, in (0, 1]. The default forgets twice as fast as the scenario's context. */
  readonly vanishing?: number;
  /**
   * Over which horizon a load has to pay for itself, in memories of the demand (1 / ln(1 / vanishing) slots): the requests
   * expected in it are horizon · D.
   */
  readonly horizon?: number;
}

/**
 * VALUE: rank by what a resident model saves per GB, D · (c_cloud − cost at the edge) / GB with D = Σ vanishing^age over
 * all its requests, and load only if the saving expected over the horizon, less that of the victims, repays the load.
 */
export function value({ name = 'VALUE', vanishing = 0.9, horizon = 1.5 }: ValueOptions = {}): CachingPolicy {
  return {
    name,
    start(instance, server) {
      const demand = new DecayedDemand(new Decay(vanishing), instance.services.length);
      const saving = (service: number): number => Math.max(0, server.saving(service));
      return {
        admission: 'margin',
        onRequest: (service, slot) => demand.add(service, slot),
        key: (service) => demand.key(service, saving(service) / server.gb[service]),
        worth: (service, slot) => horizon * saving(service) * demand.now(service, slot),
      };
    },
  };
}
