import type { Market } from '../market.js';
import type { ProviderPolicy } from '../policy.js';

/**
 * Knows all utilities: the best of the providers with room, the lowest number of equal ones; where none has room, the one with
 * most free steps. The paper calls it an upper bound; it is not one, as it looks at the present task only.
 */
export function prophet(): ProviderPolicy {
  let rankings: Ranking[] = [];
  return {
    name: 'prophet',
    begin({ market }) {
      rankings = new Array<Ranking>(market.sizes.length);
    },
    choose(simulator) {
      const { market, next, free, mostFree } = simulator;
      const steps = market.steps[next];
      if (free[mostFree] < steps) return mostFree;
      const size = market.sizeOf[next];
      const ranking = (rankings[size] ??= rank(market, size));
      let k = 0;
      while (free[ranking[k]] < steps) k++;
      return ranking[k];
    },
  };
}

type Ranking = Int32Array;

/** Providers by the value of a task of one size, best first, equal ones by their number. */
function rank({ providers, value }: Market, size: number): Ranking {
  const at = size * providers;
  return Int32Array.from({ length: providers }, (_, j) => j).sort(
    (a, b) => value[at + b] - value[at + a] || a - b,
  );
}
