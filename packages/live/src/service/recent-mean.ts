/** The mean of the last values. */
export class RecentMean {
  readonly #values: Float64Array;
  #count = 0;

  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  add(value: number): void {
    this.#values[this.#count++ % this.#values.length] = value;
  }

  /** Null before the first value. */
  mean(): number | null {
    const known = Math.min(this.#count, this.#values.length);
    if (known === 0) return null;
    let sum = 0;
    for (let at = 0; at < known; at++) sum += this.#values[at];
    return sum / known;
  }
}
