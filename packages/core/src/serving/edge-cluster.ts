import type { ServingCosts } from './costs.js';
import { CostLedger } from './costs.js';
import { EdgeServer } from './edge-server.js';
import type { ServingInstance } from './instance.js';
import { ModelCache } from './model-cache.js';
import type { CachingPolicy } from './policy.js';

/**
 * What edge servers do together before they ask the cloud: nothing (`alone`); each manages its memory as if alone, but a
 * miss runs at a neighbour where the model is resident (`share`); or every request for a model goes to the one server
 * that owns it (`owner`).
 */
export type Cooperation = 'alone' | 'share' | 'owner';

export interface ClusterOptions {
  readonly cooperation: Cooperation;
  /** Price of passing a request from one edge server to another. */
  readonly relayCost: number;
  readonly seed?: number;
}

/**
 * Several edge servers, each with its own users and the same models, and one cloud behind them.
 *
 * @param instances one per server; `params` and `services` of the first hold for all
 * @returns costs of all servers together, per slot; `edge` and `avgAcc` over all requests
 */
export function simulateCluster(
  instances: readonly ServingInstance[],
  policy: CachingPolicy,
  { cooperation, relayCost, seed = 0 }: ClusterOptions,
): ServingCosts {
  const [first] = instances;
  const ledger = new CostLedger(first);
  const caches = instances.map((instance) => {
    const server = new EdgeServer(first.params, first.services);
    return new ModelCache(server, policy.start(instance, server, seed), ledger);
  });
  const owner = ownersBySize(first, caches.length);
  const { slot, service, home } = mergeRequests(instances);
  if (cooperation === 'share')
    for (const cache of caches) cache.elsewhere = (s, now) => runNearby(cache, s, now);
  for (let index = 0; index < slot.length; index++) {
    const now = slot[index];
    const model = service[index];
    const at = cooperation === 'owner' ? owner[model] : home[index];
    const { server } = caches[at];
    if (at !== home[index] && server.resident[model] === 1) ledger.chargeRelay(now, relayCost);
    caches[at].request(model, now);
  }
  return ledger.perSlot();

  function runNearby(cache: ModelCache, model: number, now: number): boolean {
    const neighbour = caches.find((other) => other !== cache && other.server.resident[model] === 1);
    if (neighbour === undefined) return false;
    neighbour.execute(model, now);
    ledger.chargeRelay(now, relayCost);
    return true;
  }
}

/** Deals the models out by size, each to the server that has the fewest GB so far. */
function ownersBySize({ services }: ServingInstance, servers: number): Int32Array {
  const owner = new Int32Array(services.length);
  const gb = new Float64Array(servers);
  const order = services.map((_service, s) => s).sort((a, b) => services[b].gb - services[a].gb || a - b);
  for (const service of order) {
    let least = 0;
    for (let server = 1; server < servers; server++) if (gb[server] < gb[least]) least = server;
    owner[service] = least;
    gb[least] += services[service].gb;
  }
  return owner;
}

interface MergedRequests {
  readonly slot: Float64Array;
  readonly service: Int32Array;
  readonly home: Int32Array;
}

/** All servers' requests in order of time; at equal times by server. */
function mergeRequests(instances: readonly ServingInstance[]): MergedRequests {
  const total = instances.reduce((sum, { slot }) => sum + slot.length, 0);
  const merged = {
    slot: new Float64Array(total),
    service: new Int32Array(total),
    home: new Int32Array(total),
  };
  const next = new Int32Array(instances.length);
  for (let index = 0; index < total; index++) {
    let from = -1;
    for (let e = 0; e < instances.length; e++) {
      const time = instances[e].slot[next[e]];
      if (time !== undefined && (from < 0 || time < instances[from].slot[next[from]])) from = e;
    }
    merged.slot[index] = instances[from].slot[next[from]];
    merged.service[index] = instances[from].service[next[from]];
    merged.home[index] = from;
    next[from]++;
  }
  return merged;
}
