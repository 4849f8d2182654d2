/** Mean and variance of a stream of vectors as plain data. */
export interface Moments {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  readonly count: number;
}

/**
 * Running mean and population variance of each component, batch by batch (Chan, Golub & LeVeque 1979), as
 * Stable-Baselines3's `RunningMeanStd`: a prior of 1e-4 observations of mean 0 and variance 1.
 */
export class RunningMoments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  #count = 1e-4;
  readonly #batchMean: Float64Array;
  readonly #batchSquares: Float64Array;

  constructor(readonly size: number) {
    this.mean = new Float64Array(size);
    this.variance = new Float64Array(size).fill(1);
    this.#batchMean = new Float64Array(size);
    this.#batchSquares = new Float64Array(size);
  }

  /** @param batch `[rows × size]`, row-major */
  update(batch: Float64Array | Float32Array, rows: number): void {
    const { size, mean, variance } = this;
    const batchMean = this.#batchMean.fill(0);
    const squares = this.#batchSquares.fill(0);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < size; k++) batchMean[k] = batchMean[k] + batch[row * size + k];
    }
    for (let k = 0; k < size; k++) batchMean[k] = batchMean[k] / rows;
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < size; k++) {
        const difference = batch[row * size + k] - batchMean[k];
        squares[k] = squares[k] + difference * difference;
      }
    }
    const total = this.#count + rows;
    for (let k = 0; k < size; k++) {
      const delta = batchMean[k] - mean[k];
      const sum = variance[k] * this.#count + squares[k] + (delta * delta * this.#count * rows) / total;
      mean[k] = mean[k] + (delta * rows) / total;
      variance[k] = sum / total;
    }
    this.#count = total;
  }

  snapshot(): Moments {
    return { mean: [...this.mean], variance: [...this.variance], count: this.#count };
  }

  restore(moments: Moments): void {
    this.mean.set(moments.mean);
    this.variance.set(moments.variance);
    this.#count = moments.count;
  }
}
