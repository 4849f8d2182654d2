import type { CachingPolicy } from '../policy.js';

/**
 * Greedy dual size frequency (Cherkasova 1998): H = L + requests since the load · cost of a miss / GB, where L is the H of
 * the last victim, so that models that are no longer asked for age; always admits. A miss costs the request in the cloud
 * and the load that follows it.
 */
export const gdsf: CachingPolicy = {
  name: 'GDSF',
  start(instance, server) {
    const services = instance.services.length;
    const frequency = new Float64Array(services);
    const rank = new Float64Array(services);
    let floor = 0;
    const rate = Float64Array.from(
      instance.services,
      (_service, s) => (instance.params.cCloud + server.loadCost(s)) / server.gb[s],
    );
    return {
      admission: 'always',
      onRequest: (service) => void frequency[service]++,
      onEvict(service) {
        floor = Math.max(floor, rank[service]);
        frequency[service] = 0;
      },
      key: (service) => (rank[service] = floor + frequency[service] * rate[service]),
    };
  },
};
