/** Values of a part of the period from which their spread can be told. */
const MIN_KNOWN = 12;

/** Mean and variance of a value by the time within a period: what is normal at eight in the morning. */
export class SeasonalScore {
  readonly #mean: Float64Array;
  readonly #variance: Float64Array;
  readonly #count: Int32Array;

  /**
   * @param periodS length of the period, s
   * @param bins parts of the period
   */
  constructor(
    readonly periodS: number,
    readonly bins = 24,
  ) {
    this.#mean = new Float64Array(bins);
    this.#variance = new Float64Array(bins);
    this.#count = new Int32Array(bins);
  }

  /**
   * Takes a value in (Welford's update, forgetting after a hundred).
   *
   * @param t s
   * @returns its distance from the mean of its part of the period, in standard deviations; 0 while fewer than twelve are known
   */
  score(t: number, value: number): number {
    const bin = Math.floor(((((t % this.periodS) + this.periodS) % this.periodS) / this.periodS) * this.bins);
    const known = this.#count[bin] >= MIN_KNOWN && this.#variance[bin] > 0;
    const distance = value - this.#mean[bin];
    const score = known ? distance / Math.sqrt(this.#variance[bin]) : 0;
    if (Math.abs(score) > 4) return score;
    const weight = Math.max(1 / ++this.#count[bin], 0.01);
    this.#mean[bin] += weight * distance;
    this.#variance[bin] = (1 - weight) * (this.#variance[bin] + weight * distance * distance);
    return score;
  }
}
