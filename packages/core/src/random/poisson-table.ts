import { exp } from '../math/index.js';

const GUIDE_BITS = 10;

/**
 * Poisson sampler of a fixed mean by inversion: one 32-bit word a draw, a guide table for where to start, then rarely more
 * than one comparison. Probabilities are resolved to 2^-32. Inversion makes draws from the same word monotone in the
 * mean, so runs that differ only in a mean stay coupled.
 */
export class PoissonTable {
  readonly #cumulative: Float64Array;
  readonly #guide: Uint16Array | Uint32Array;

  /** @param mean expected value, in [0, 1e6] */
  constructor(readonly mean: number) {
    const cumulative = cumulativeWords(mean);
    this.#cumulative = cumulative;
    this.#guide = new (cumulative.length < 65536 ? Uint16Array : Uint32Array)(1 << GUIDE_BITS);
    let value = 0;
    for (let cell = 0; cell < this.#guide.length; cell++) {
      const start = (cell * 2 ** (32 - GUIDE_BITS)) >>> 0;
      while (value < cumulative.length - 1 && start >= cumulative[value]) value++;
      this.#guide[cell] = value;
    }
  }

  /** The largest value that is ever drawn: exceeded with a probability below 2^-32. */
  get max(): number {
    return this.#cumulative.length - 1;
  }

  /** The Poisson quantile of a uniform 32-bit word. */
  draw(word: number): number {
    let value = this.#guide[word >>> (32 - GUIDE_BITS)];
    while (word >= this.#cumulative[value]) value++;
    return value;
  }
}

/** ⌊2^32 · P(X ≤ k)⌋ for k = 0, 1, …; the last is 2^32, which stops every search. */
function cumulativeWords(mean: number): Float64Array {
  const length = Math.ceil(mean + 12 * Math.sqrt(mean) + 24);
  const weights = new Float64Array(length);
  // From the mode outwards, so that a large mean neither underflows nor overflows.
  const mode = Math.floor(mean);
  weights[mode] = 1;
  for (let k = mode; k > 0; k--) weights[k - 1] = (weights[k] * k) / mean;
  for (let k = mode + 1; k < length; k++) weights[k] = (weights[k - 1] * mean) / k;
  let total = 0;
  for (let k = 0; k < length; k++) total += weights[k];
  const words: number[] = [];
  let sum = 0;
  for (let k = 0; k < length; k++) {
    sum += weights[k];
    const word = Math.floor((sum / total) * 4294967296);
    if (word >= 4294967295) break;
    words.push(word);
  }
  return Float64Array.from([...words, 4294967296]);
}

/** P(X = k) of a Poisson variable, for tests and documentation. */
export function poissonProbability(mean: number, k: number): number {
  let probability = exp(-mean);
  for (let i = 1; i <= k; i++) probability *= mean / i;
  return probability;
}
