import { RandomStream } from '../../random/index.js';
import type { Admission, CachingPolicy, PolicyCache } from '../policy.js';

/** Never loads: every request runs in the cloud. */
export const cloudOnly: CachingPolicy = {
  name: 'Cloud',
  start: () => ({ admission: 'never', key: () => 0 }),
};

/** First in, first out: the model that was loaded first goes first; always admits. */
export const fifo: CachingPolicy = {
  name: 'FIFO',
  start(instance) {
    const loadedAs = new Float64Array(instance.services.length);
    let loads = 0;
    return {
      admission: 'always',
      onLoad: (service) => void (loadedAs[service] = ++loads),
      key: (service) => loadedAs[service],
    };
  },
};

/** Least recently used; always admits. */
export const lru: CachingPolicy = {
  name: 'LRU',
  start() {
    let requests = 0;
    return { admission: 'always', onRequest: () => void requests++, key: () => requests };
  },
};

/** Least frequently used: counts every request that the edge has seen for a model, resident or not. */
export function lfu(name: string, admission: Admission): CachingPolicy {
  return {
    name,
    start(instance) {
      const count = new Float64Array(instance.services.length);
      return {
        admission,
        onRequest: (service) => void count[service]++,
        key: (service) => count[service],
      };
    },
  };
}

/** Slots between two placements of {@link random}: with these, Table II's Random comes out. */
export const RANDOM_EVERY_SLOTS = 0.25;

/**
 * Places a random set anew every so often: models in random order until the first that does not fit. What is already
 * resident stays, and costs nothing.
 */
export function random(every = RANDOM_EVERY_SLOTS): CachingPolicy {
  return {
    name: 'Random',
    start(instance, server, seed) {
      const stream = new RandomStream(seed, 'serving/random-policy');
      const order = instance.services.map((_service, number) => number);
      const isChosen = new Uint8Array(instance.services.length);
      const place = (slot: number, cache: PolicyCache): void => {
        stream.shuffle(order);
        isChosen.fill(0);
        let used = 0;
        for (const service of order) {
          used += server.gb[service];
          if (used > instance.params.gpuGB) break;
          isChosen[service] = 1;
        }
        for (const s of order) if (server.resident[s] === 1 && isChosen[s] === 0) cache.evict(s, slot);
        for (const s of order) if (server.resident[s] === 0 && isChosen[s] === 1) cache.load(s, slot);
      };
      return { admission: 'never', key: () => 0, timer: { every, run: place } };
    },
  };
}
