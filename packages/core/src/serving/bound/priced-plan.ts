import type { OfflineProblem } from './offline-problem.js';

/** How a request's service came to be resident or not after it. */
const HIT = 1;
const LOADED = 2;
const EVICTED = 4;

/**
 * Optimal plans of all services under prices for memory, one dynamic programme each. States after each request of the
 * service: resident or not. A resident model pays price · GB from request to request; a hit costs its least edge cost, a
 * miss the cloud, and then a load may follow. Buffers are reused from call to call.
 */
export class PricedPlan {
  readonly bins: number;
  /** Σ over the bin's requests of (resident GB − capacity), of the last plan. */
  readonly excess: Float64Array;
  totalExcess = 0;
  /** A price from which on nothing is worth its memory. */
  readonly highestPrice: number;
  /** How each request ended, by position: HIT | LOADED, EVICTED. */
  readonly #how: Uint8Array;
  readonly #cumulative: Float64Array;
  readonly #change: Float64Array;

  constructor(
    readonly problem: OfflineProblem,
    readonly binRequests: number,
  ) {
    const { requests, server, candidates, instance } = problem;
    this.bins = Math.max(1, Math.ceil(requests / binRequests));
    this.excess = new Float64Array(this.bins);
    this.#how = new Uint8Array(requests);
    this.#cumulative = new Float64Array(requests + 1);
    this.#change = new Float64Array(requests + 1);
    const least = candidates.reduce((gb, service) => Math.min(gb, server.gb[service]), Infinity);
    this.highestPrice = candidates.length === 0 ? 0 : (2 * instance.params.cCloud) / least;
  }

  /**
   * Plans all services; `excess` then holds the subgradient.
   *
   * @param prices per GB and request. `Float64Array [bins]`
   * @returns the Lagrangian: total cost + Σ price · excess (not per slot), a lower bound for prices >= 0
   */
  solve(prices: Float64Array): number {
    const { problem } = this;
    const capacity = problem.instance.params.gpuGB;
    this.#accumulate(prices);
    this.#change.fill(0);
    let value = problem.fixedCost - capacity * this.#cumulative[problem.requests];
    for (const service of problem.candidates) {
      value += this.#plan(service);
      this.#trace(service);
    }
    let gb = 0;
    this.totalExcess = 0;
    for (let bin = 0; bin < this.bins; bin++) {
      let excess = 0;
      const end = Math.min(problem.requests, (bin + 1) * this.binRequests);
      for (let index = bin * this.binRequests; index < end; index++) {
        gb += this.#change[index];
        excess += gb - capacity;
      }
      this.excess[bin] = excess;
      this.totalExcess += excess;
    }
    return value;
  }

  #accumulate(prices: Float64Array): void {
    const cumulative = this.#cumulative;
    for (let bin = 0; bin < this.bins; bin++) {
      const end = Math.min(this.problem.requests, (bin + 1) * this.binRequests);
      const price = prices[bin];
      for (let index = bin * this.binRequests; index < end; index++) {
        cumulative[index + 1] = cumulative[index] + price;
      }
    }
  }

  #plan(service: number): number {
    const { start, at, counts, hit, server, instance } = this.problem;
    const how = this.#how;
    const cumulative = this.#cumulative;
    const gb = server.gb[service];
    const { cCloud } = instance.params;
    const loadCost = server.loadCost(service);
    let out = 0;
    let resident = Infinity;
    let paidUpTo = 0;
    for (let j = start[service]; j < start[service + 1]; j++) {
      const price = cumulative[at[j]];
      const byHit = resident + gb * (price - paidUpTo) + hit[j];
      paidUpTo = price;
      const miss = out + (counts[j] === 1 ? cCloud : 0);
      const byLoad = miss + (counts[j] === 1 ? loadCost : 0);
      let flags = byHit <= byLoad ? HIT : LOADED;
      resident = byHit <= byLoad ? byHit : byLoad;
      if (resident <= miss) {
        flags |= EVICTED;
        out = resident;
      } else out = miss;
      how[j] = flags;
    }
    return out;
  }

  /** Follows the best plan backwards and notes when its memory is taken and given back. */
  #trace(service: number): void {
    const { start, at, server } = this.problem;
    const gb = server.gb[service];
    let isResident = false;
    for (let j = start[service + 1] - 1; j >= start[service]; j--) {
      const flags = this.#how[j];
      if (!isResident && (flags & EVICTED) === 0) continue;
      isResident = (flags & HIT) !== 0;
      if (!isResident) continue;
      this.#change[at[j - 1]] += gb;
      this.#change[at[j]] -= gb;
    }
  }
}
