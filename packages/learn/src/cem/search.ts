import { RandomStream } from '@metalore/core/random';

/** How many are drawn, and how many of them the next are drawn around. */
export interface SearchSettings {
  readonly population: number;
  readonly elite: number;
}

/** Scores of one generation. */
export interface Generation {
  /** Of all candidates, of the elite, of the best. */
  readonly mean: number;
  readonly elite: number;
  readonly best: number;
}

export interface SearchSnapshot {
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly stream: readonly number[];
}

/** The cross-entropy method (Rubinstein 1999): draw, score, fit a diagonal Gaussian to the best, draw again. */
export class CrossEntropySearch {
  /** `Float64Array [size]`: centre and deviation of the next draws. */
  readonly mean: Float64Array;
  readonly std: Float64Array;
  readonly #stream: RandomStream;

  constructor(mean: ArrayLike<number>, std: ArrayLike<number>, seed: number, stream = 'cem/weights') {
    this.mean = Float64Array.from(mean);
    this.std = Float64Array.from(std);
    this.#stream = new RandomStream(seed, stream);
  }

  /**
   * @param score of a candidate: more is better
   * @param floor added to the deviations once all are scored, so that they do not vanish too early
   */
  generation(
    { population, elite }: SearchSettings,
    score: (candidate: Float64Array) => number,
    floor: () => number,
  ): Generation {
    const { mean, std } = this;
    const candidates: { values: Float64Array; score: number }[] = [];
    for (let i = 0; i < population; i++) {
      const values = mean.map((value, k) => value + std[k] * this.#stream.normal());
      candidates.push({ values, score: score(values) });
    }
    candidates.sort((a, b) => b.score - a.score);
    const best = candidates.slice(0, elite);
    const least = floor();
    for (let k = 0; k < mean.length; k++) {
      const centre = best.reduce((sum, { values }) => sum + values[k], 0) / elite;
      const spread = best.reduce((sum, { values }) => sum + (values[k] - centre) ** 2, 0) / elite;
      mean[k] = centre;
      std[k] = Math.sqrt(spread) + least;
    }
    const average = (of: { score: number }[]) => of.reduce((sum, own) => sum + own.score, 0) / of.length;
    return { mean: average(candidates), elite: average(best), best: best[0].score };
  }

  snapshot(): SearchSnapshot {
    return { mean: [...this.mean], std: [...this.std], stream: this.#stream.snapshot() };
  }

  restore({ mean, std, stream }: SearchSnapshot): void {
    this.mean.set(mean);
    this.std.set(std);
    this.#stream.restore(stream);
  }
}
