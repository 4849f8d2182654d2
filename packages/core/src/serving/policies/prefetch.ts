import type { CachingPolicy } from '../policy.js';
import type { ValueOptions } from './value.js';
import { value } from './value.js';

/**
 * Active caching: VALUE that also loads without a miss. Every so often it offers the server each model that is not
 * resident, the most valuable per GB first, under the same margin rule.
 *
 * @param every slots between two rounds
 */
export function valuePrefetch(every: number, options: ValueOptions = {}): CachingPolicy {
  return {
    name: 'VALUE-prefetch',
    start(instance, server, seed) {
      const base = value(options).start(instance, server, seed);
      const order = instance.services.map((_service, s) => s).filter((s) => server.fits(s));
      return {
        ...base,
        timer: {
          every,
          run(slot, cache) {
            const density = (s: number): number => base.worth!(s, slot) / server.gb[s];
            for (const service of [...order].sort((a, b) => density(b) - density(a) || a - b)) {
              if (server.resident[service] === 0) cache.offer(service, slot);
            }
          },
        },
      };
    },
  };
}
