import { EdgeServer } from '../edge-server.js';
import type { ServingInstance } from '../instance.js';
import type { CachingPolicy } from '../policy.js';
import { lru } from './classic.js';

/**
 * The keep-alive rule of model servers: load on every miss, unload what nobody has asked for in `idleSlots`, and where
 * memory is short, the least recently used.
 */
export function keepAlive(idleSlots: number): CachingPolicy {
  return {
    name: `keep-alive ${idleSlots}`,
    start(instance, server, seed) {
      const base = lru.start(instance, server, seed);
      const usedAt = new Float64Array(instance.services.length);
      return {
        ...base,
        onRequest(service, slot, cache) {
          for (let next = cache.next; next >= 0 && usedAt[next] + idleSlots < slot; next = cache.next) {
            cache.evict(next, slot);
          }
          usedAt[service] = slot;
          base.onRequest?.(service, slot, cache);
        },
      };
    },
  };
}

/** Explicit control: a fixed set is loaded, each model at its first request, and nothing else ever is. */
export function explicitSet(pinned: readonly number[]): CachingPolicy {
  return {
    name: 'explicit',
    start(instance) {
      const isPinned = new Uint8Array(instance.services.length);
      for (const service of pinned) isPinned[service] = 1;
      return {
        admission: 'never',
        key: () => 0,
        afterRequest(service, slot, atEdge, cache) {
          if (!atEdge && isPinned[service] === 1) cache.load(service, slot);
        },
      };
    },
  };
}

/**
 * The set an operator would pin from a log: models in descending saving per GB, by the requests before `untilSlot`, as
 * long as they fit.
 */
export function setFromLog(instance: ServingInstance, untilSlot: number): number[] {
  const server = new EdgeServer(instance.params, instance.services);
  const count = new Float64Array(instance.services.length);
  for (let index = 0; index < instance.slot.length && instance.slot[index] < untilSlot; index++) {
    count[instance.service[index]]++;
  }
  const density = (s: number): number => (count[s] * server.saving(s)) / server.gb[s];
  const ranked = instance.services.map((_service, s) => s).filter((s) => density(s) > 0);
  ranked.sort((a, b) => density(b) - density(a) || a - b);
  const pinned: number[] = [];
  let used = 0;
  for (const service of ranked) {
    if (used + server.gb[service] > instance.params.gpuGB) continue;
    used += server.gb[service];
    pinned.push(service);
  }
  return pinned;
}
