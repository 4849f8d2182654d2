import { exp, log } from '../math/index.js';
import type { RandomStream } from '../random/index.js';

/** How often services are asked for. */
export interface PopularityOptions {
  /** Exponent of Zipf's law over the ranks, >= 0. */
  readonly zipfExponent: number;
  /** Requests of a session, which all ask for one service, in the mean, >= 1. */
  readonly sessionMean: number;
  /** Probability that two ranks change places after a request. */
  readonly exchangeProbability: number;
}

/**
 * Which service a request is for: sessions, with a geometric number of requests for one service, choose it by Zipf's law over
 * a random ranking; after each request two ranks may change places.
 */
export class Popularity {
  readonly #options: PopularityOptions;
  readonly #cumulative: Float64Array;
  readonly #ranking: number[];
  readonly #drift: RandomStream;

  /** @param ranking draws the ranking at the start, and @param drift what becomes of it */
  constructor(options: PopularityOptions, services: number, ranking: RandomStream, drift: RandomStream) {
    this.#options = options;
    this.#cumulative = zipf(services, options.zipfExponent);
    this.#ranking = ranking.shuffle(Array.from({ length: services }, (_, service) => service));
    this.#drift = drift;
  }

  /** @param current what the session asked for last; −1 at its first request */
  next(current: number, sessions: RandomStream): number {
    const begins = current < 0 || sessions.uniform() * this.#options.sessionMean < 1;
    const service = begins ? this.#ranking[search(this.#cumulative, sessions.uniform())] : current;
    if (this.#drift.uniform() < this.#options.exchangeProbability) exchange(this.#ranking, this.#drift);
    return service;
  }
}

/** Cumulative probabilities of ranks 1 … count, proportional to rank^−exponent. */
function zipf(count: number, exponent: number): Float64Array {
  const cumulative = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) cumulative[rank] = sum += exp(-exponent * log(rank + 1));
  for (let rank = 0; rank < count; rank++) cumulative[rank] /= sum;
  return cumulative;
}

/** First index whose cumulative probability exceeds `u`. */
function search(cumulative: Float64Array, u: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] > u) high = middle;
    else low = middle + 1;
  }
  return low;
}

function exchange(ranking: number[], stream: RandomStream): void {
  const a = stream.integer(ranking.length);
  const b = stream.integer(ranking.length);
  const service = ranking[a];
  ranking[a] = ranking[b];
  ranking[b] = service;
}
