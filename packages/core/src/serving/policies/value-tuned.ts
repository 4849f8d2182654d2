import { exp } from '../../math/index.js';
import { CostLedger } from '../costs.js';
import { Decay } from '../decay.js';
import { EdgeServer } from '../edge-server.js';
import type { ServingInstance } from '../instance.js';
import { ModelCache } from '../model-cache.js';
import type { CachingPolicy, PolicyState } from '../policy.js';
import { ServiceCosts } from '../service-costs.js';
import { DecayedDemand } from './demand.js';

/** Memories of the demand that are tried, in requests rather than slots, so that no trace's unit of time matters. */
const MEMORIES = [100, 200, 400, 800, 1600, 3200, 6400];
/** Horizons that are tried, in memories. */
const HORIZONS = [0.75, 1.5, 3];
/** Requests between two looks at the candidates. */
const REVIEW_REQUESTS = 100;
/** Memory of the candidates' costs, in reviews. */
const COST_MEMORY = 60;
/** How much cheaper than the one in charge a candidate has to be, relative. */
const HYSTERESIS = 0.01;

/**
 * VALUE with its memory and horizon learned while it runs: every combination manages a cache of its own that exists on
 * paper only, and the real cache follows the one that has been cheapest of late. Nothing has to be tuned by hand.
 */
export const valueTuned: CachingPolicy = {
  name: 'VALUE-tuned',
  start(instance, server) {
    const services = instance.services.length;
    const memories = MEMORIES.map((requests) => new DecayedDemand(new Decay(exp(-1 / requests)), services));
    let now = 0;
    const costs = new ServiceCosts(instance.params, instance.services);
    const candidates = memories.flatMap((demand) =>
      HORIZONS.map((horizon) => new Candidate(instance, costs, demand, horizon, () => now)),
    );
    let leader = candidates[Math.floor(candidates.length / 2)];
    const live: PolicyState = {
      admission: 'margin',
      onRequest(service) {
        now++;
        for (const demand of memories) demand.add(service, now);
      },
      key: (service) => leader.key(server, service),
      worth: (service) => leader.worth(server, service),
      afterRequest(service, slot, _atEdge, cache) {
        for (const candidate of candidates) candidate.cache.request(service, slot);
        if (now % REVIEW_REQUESTS !== 0) return;
        let best = leader;
        for (const candidate of candidates) {
          candidate.review();
          if (candidate.recentCost < best.recentCost) best = candidate;
        }
        if (best === leader || best.recentCost > (1 - HYSTERESIS) * leader.recentCost) return;
        leader = best;
        cache.reorder(slot);
      },
    };
    return live;
  },
};

/** One combination of memory and horizon, with its cache on paper. */
class Candidate {
  /** Cost of late, discounted. */
  recentCost = 0;
  readonly cache: ModelCache;
  #reviewedCost = 0;
  readonly #ledger: CostLedger;

  constructor(
    instance: ServingInstance,
    costs: ServiceCosts,
    readonly demand: DecayedDemand,
    readonly horizon: number,
    readonly now: () => number,
  ) {
    this.#ledger = new CostLedger({ ...instance, params: { ...instance.params, warm: 0 } });
    const server = new EdgeServer(instance.params, instance.services, costs);
    const state: PolicyState = {
      admission: 'margin',
      keysAreLasting: true,
      key: (service) => this.key(server, service),
      worth: (service) => this.worth(server, service),
    };
    this.cache = new ModelCache(server, state, this.#ledger);
  }

  key(server: EdgeServer, service: number): number {
    return this.demand.key(service, Math.max(0, server.saving(service)) / server.gb[service]);
  }

  worth(server: EdgeServer, service: number): number {
    return this.horizon * Math.max(0, server.saving(service)) * this.demand.now(service, this.now());
  }

  review(): void {
    const cost = this.#ledger.sum;
    this.recentCost = this.recentCost * (1 - 1 / COST_MEMORY) + (cost - this.#reviewedCost);
    this.#reviewedCost = cost;
  }
}
