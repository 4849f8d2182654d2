import type { ProviderPolicy } from '../policy.js';

/** Means of what was seen of one task size, by provider. */
interface Row {
  readonly sum: Float64Array;
  readonly count: Int32Array;
}

/**
 * Learns the mean value of every (provider, task size) and is greedy on it among the providers with room, the lowest number
 * of equal ones; what was never tried counts as the best. Where none has room, the provider with most free steps.
 *
 * What it has learned stays over streams of the same providers.
 */
export class TablePolicy implements ProviderPolicy {
  readonly name = 'table';
  readonly #rows = new Map<number, Row>();
  #rowOf: Row[] = [];

  begin({ market }: Parameters<ProviderPolicy['begin']>[0]): void {
    this.#rowOf = Array.from(market.sizes, (size) => {
      const known = this.#rows.get(size);
      if (known !== undefined) return known;
      const row = { sum: new Float64Array(market.providers), count: new Int32Array(market.providers) };
      this.#rows.set(size, row);
      return row;
    });
  }

  choose({ market, next, free, mostFree }: Parameters<ProviderPolicy['choose']>[0]): number {
    const steps = market.steps[next];
    const { sum, count } = this.#rowOf[market.sizeOf[next]];
    let best = mostFree;
    let highest = -Infinity;
    for (let j = 0; j < free.length; j++) {
      if (free[j] < steps) continue;
      if (count[j] === 0) return j;
      const mean = sum[j] / count[j];
      if (mean > highest) {
        highest = mean;
        best = j;
      }
    }
    return best;
  }

  observe(
    { market }: Parameters<ProviderPolicy['choose']>[0],
    task: number,
    provider: number,
    value: number,
  ): void {
    const { sum, count } = this.#rowOf[market.sizeOf[task]];
    sum[provider] += value;
    count[provider]++;
  }
}
