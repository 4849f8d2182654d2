import type { Decay } from '../decay.js';

/** Decayed demand of every service: D = Σ λ^age over all its requests so far. */
export class DecayedDemand {
  readonly #value: Float64Array;
  readonly #at: Float64Array;

  constructor(
    readonly decay: Decay,
    services: number,
  ) {
    this.#value = new Float64Array(services);
    this.#at = new Float64Array(services);
  }

  /** Counts a request at a time not before the last one. */
  add(service: number, time: number): void {
    this.#value[service] = this.#value[service] * this.decay.factor(time - this.#at[service]) + 1;
    this.#at[service] = time;
  }

  /** D at a time not before the last request. */
  now(service: number, time: number): number {
    return this.#value[service] * this.decay.factor(time - this.#at[service]);
  }

  /** Orders services as weight·D does at any time. @see Decay.key */
  key(service: number, weight = 1): number {
    return this.decay.key(weight * this.#value[service], this.#at[service]);
  }
}
