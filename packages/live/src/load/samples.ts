/** Quantiles of a sample. */
export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Values as they come, with quantiles of all and of those since the last window. */
export class Samples {
  #values = new Float32Array(1 << 16);
  #count = 0;
  #windowFrom = 0;

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float32Array(2 * this.#count);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value;
  }

  endWindow(): Quantiles {
    const window = this.#values.slice(this.#windowFrom, this.#count);
    this.#windowFrom = this.#count;
    return quantilesOf(window);
  }

  all(): Quantiles {
    return quantilesOf(this.#values.slice(0, this.#count));
  }
}

/** Nearest-rank quantiles; NaN of nothing. */
function quantilesOf(values: Float32Array): Quantiles {
  values.sort();
  const rank = (share: number) => values[Math.max(0, Math.ceil(share * values.length) - 1)] ?? NaN;
  return { p50: rank(0.5), p99: rank(0.99), max: rank(1) };
}
