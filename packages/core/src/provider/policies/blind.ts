import { RandomStream } from '../../random/index.js';
import type { ProviderPolicy } from '../policy.js';

/** Every provider with the same probability, full or not. */
export function random(): ProviderPolicy {
  let stream: RandomStream;
  return {
    name: 'random',
    begin(_simulator, seed) {
      stream = new RandomStream(seed, 'provider/random');
    },
    choose: ({ market }) => stream.integer(market.providers),
  };
}

/** One provider after the other, from number 0, full or not. */
export function roundRobin(): ProviderPolicy {
  return {
    name: 'round-robin',
    begin: () => undefined,
    choose: ({ market, next }) => next % market.providers,
  };
}

/** The provider with most free steps, the lowest number of equal ones; it crashes only where every choice would. */
export function crashAvoid(): ProviderPolicy {
  return { name: 'crash-avoid', begin: () => undefined, choose: (simulator) => simulator.mostFree };
}
