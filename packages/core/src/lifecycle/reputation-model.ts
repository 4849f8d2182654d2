import { exp } from '../math/index.js';
import { VACUOUS, opinionOf, type Opinion } from './opinion.js';
import type { Interaction, ReputationParameters } from './reputation-instance.js';

/**
 * How opinions and scores are formed. `mwsl`: the paper's multi-weight subjective logic with our uncertainty. `demo`: the
 * arithmetic of the paper's public demonstration: u fixed at ½, successes and failures unweighted, recommendations divided
 * by 1 + Σδ with δ = frequency·n + value·v̄ unnormalised (so that its opinions do not sum to 1), score 10·b + u·d, softmax
 * at temperature 1, nothing (score 0) for a provider the producer has not used itself.
 */
export type ReputationMode = 'mwsl' | 'demo';

/** Sums of a recommender's opinions: by interactions (n·b, n·d, n·u) and by mean value (v̄·b, v̄·d, v̄·u). */
const SUMS = 8;
/** Counts per cell: recent successes and failures, older successes and failures. */
const COUNTS = 4;

interface Recent {
  readonly at: number;
  readonly cell: number;
  readonly ok: boolean;
}

/**
 * The reputation of every provider in the eyes of every producer (paper 002, second of its papers, V-D), kept up to date
 * as interactions happen.
 *
 * Evidence: r = κ·Σw over successes, s = τ·Σw over failures, w by age. Recommenders x ≠ i with evidence:
 * δ_x = frequency·n_x/Σn + value·v̄_x/Σv̄. Local and recommended opinion are fused; T = b + baseRate·u.
 *
 * An interaction marks one column (provider) as changed, which is worked out when it is next read, in O(producers): sums
 * over all recommenders but one come from running sums from both ends, never from a difference, so that nothing drifts.
 * Cells stand at `provider · producers + producer`.
 */
export class ReputationModel {
  readonly #counts: Uint32Array;
  readonly #valueSum: Float64Array;
  readonly #belief: Float64Array;
  readonly #disbelief: Float64Array;
  readonly #uncertainty: Float64Array;
  readonly #stale: Uint8Array;
  readonly #ahead: Float64Array;
  readonly #local: Float64Array;
  #recent: Recent[] = [];
  #sorted = true;
  #now: number;

  /**
   * @param producers number of producers, ≥ 1
   * @param providers number of providers, ≥ 1
   * @param now the present, rounds
   */
  constructor(
    readonly producers: number,
    readonly providers: number,
    readonly parameters: ReputationParameters,
    now = 0,
    readonly mode: ReputationMode = 'mwsl',
  ) {
    const cells = producers * providers;
    this.#counts = new Uint32Array(cells * COUNTS);
    this.#valueSum = new Float64Array(cells);
    this.#belief = new Float64Array(cells);
    this.#disbelief = new Float64Array(cells);
    this.#uncertainty = new Float64Array(cells);
    this.#stale = new Uint8Array(providers).fill(1);
    this.#ahead = new Float64Array((producers + 1) * SUMS);
    this.#local = new Float64Array(producers * 3);
    this.#now = now;
  }

  get now(): number {
    return this.#now;
  }

  /** Counts one interaction. One later than `now` does not count and is forgotten: advance first. */
  record({ producer, provider, at, ok, value }: Interaction): void {
    if (at > this.#now) return;
    const cell = provider * this.producers + producer;
    const recent = this.#now - at <= this.parameters.recentRounds;
    this.#counts[cell * COUNTS + (recent ? 0 : 2) + (ok ? 0 : 1)]++;
    this.#valueSum[cell] += value;
    this.#stale[provider] = 1;
    if (!recent) return;
    if (this.#recent.length > 0 && at < this.#recent[this.#recent.length - 1].at) this.#sorted = false;
    this.#recent.push({ at, cell, ok });
  }

  /** Moves the present forward: interactions of an age over `recentRounds` become older ones. */
  advance(now: number): void {
    if (now <= this.#now) return;
    this.#now = now;
    if (!this.#sorted) this.#recent.sort((a, b) => a.at - b.at);
    this.#sorted = true;
    let aged = 0;
    while (aged < this.#recent.length && now - this.#recent[aged].at > this.parameters.recentRounds) {
      const { cell, ok } = this.#recent[aged++];
      this.#counts[cell * COUNTS + (ok ? 0 : 1)]--;
      this.#counts[cell * COUNTS + 2 + (ok ? 0 : 1)]++;
      this.#stale[Math.floor(cell / this.producers)] = 1;
    }
    if (aged > 0) this.#recent = this.#recent.slice(aged);
  }

  #count(producer: number, provider: number): number {
    const at = (provider * this.producers + producer) * COUNTS;
    return this.#counts[at] + this.#counts[at + 1] + this.#counts[at + 2] + this.#counts[at + 3];
  }

  /** Successes of a provider for a producer: its good experiences, what the traditional rule goes by. */
  successes(producer: number, provider: number): number {
    const at = (provider * this.producers + producer) * COUNTS;
    return this.#counts[at] + this.#counts[at + 2];
  }

  /** The fused opinion of a producer on a provider. */
  opinion(producer: number, provider: number): Opinion {
    if (this.#stale[provider] === 1) this.#refresh(provider);
    const cell = provider * this.producers + producer;
    return {
      belief: this.#belief[cell],
      disbelief: this.#disbelief[cell],
      uncertainty: this.#uncertainty[cell],
    };
  }

  /** T = b + baseRate·u, in [0, 1]; in mode `demo` 10·b + u·d, in [0, 10]. */
  reputation(producer: number, provider: number): number {
    if (this.#stale[provider] === 1) this.#refresh(provider);
    const cell = provider * this.producers + producer;
    if (this.mode === 'mwsl') {
      return this.#belief[cell] + this.parameters.baseRate * this.#uncertainty[cell];
    }
    if (this.#count(producer, provider) === 0) return 0;
    return 10 * this.#belief[cell] + this.#uncertainty[cell] * this.#disbelief[cell];
  }

  /**
   * Probabilities with which a producer chooses: softmax(T/temperature), or softmax(score) in mode `demo`.
   *
   * @param into `Float64Array [providers]`, overwritten and returned
   */
  choice(producer: number, into: Float64Array = new Float64Array(this.providers)): Float64Array {
    const temperature = this.mode === 'mwsl' ? this.parameters.temperature : 1;
    let best = -Infinity;
    for (let provider = 0; provider < this.providers; provider++) {
      into[provider] = this.reputation(producer, provider);
      if (into[provider] > best) best = into[provider];
    }
    let total = 0;
    for (let provider = 0; provider < this.providers; provider++) {
      into[provider] = exp((into[provider] - best) / temperature);
      total += into[provider];
    }
    for (let provider = 0; provider < this.providers; provider++) into[provider] /= total;
    return into;
  }

  /** Works a provider's column out anew, O(producers). */
  #refresh(provider: number): void {
    this.#stale[provider] = 0;
    const { producers } = this;
    const first = provider * producers;
    const ahead = this.#ahead;
    const behind = new Float64Array(SUMS);
    ahead.fill(0, producers * SUMS);
    for (let producer = producers - 1; producer >= 0; producer--) {
      this.#addRecommender(first, producer, ahead, (producer + 1) * SUMS, producer * SUMS);
    }
    for (let producer = 0; producer < producers; producer++) {
      this.#fuse(first + producer, producer, behind, (producer + 1) * SUMS);
      this.#addRecommender(first, producer, behind, 0, 0);
    }
  }

  /** Puts the sums at `from` plus those of one recommender at `to`, and its local opinion into `#local`. */
  #addRecommender(first: number, producer: number, sums: Float64Array, from: number, to: number): void {
    const cell = first + producer;
    const at = cell * COUNTS;
    const counts = this.#counts;
    const n = counts[at] + counts[at + 1] + counts[at + 2] + counts[at + 3];
    const mean = n > 0 ? this.#valueSum[cell] / n : 0;
    const local = this.#local;
    if (sums === this.#ahead) this.#formLocal(cell, producer, n);
    const belief = local[producer * 3];
    const disbelief = local[producer * 3 + 1];
    const uncertainty = local[producer * 3 + 2];
    sums[to] = sums[from] + n;
    sums[to + 1] = sums[from + 1] + n * belief;
    sums[to + 2] = sums[from + 2] + n * disbelief;
    sums[to + 3] = sums[from + 3] + n * uncertainty;
    sums[to + 4] = sums[from + 4] + mean;
    sums[to + 5] = sums[from + 5] + mean * belief;
    sums[to + 6] = sums[from + 6] + mean * disbelief;
    sums[to + 7] = sums[from + 7] + mean * uncertainty;
  }

  #formLocal(cell: number, producer: number, n: number): void {
    const at = cell * COUNTS;
    const counts = this.#counts;
    const { kappa, tau, recentWeight, oldWeight, uncertaintyPrior } = this.parameters;
    let opinion: Opinion;
    if (this.mode === 'demo') {
      const good = counts[at] + counts[at + 2];
      opinion =
        n === 0 ? VACUOUS : { belief: (0.5 * good) / n, disbelief: (0.5 * (n - good)) / n, uncertainty: 0.5 };
    } else {
      const positive = kappa * (recentWeight * counts[at] + oldWeight * counts[at + 2]);
      const negative = tau * (recentWeight * counts[at + 1] + oldWeight * counts[at + 3]);
      opinion = opinionOf(positive, negative, n, uncertaintyPrior);
    }
    this.#local[producer * 3] = opinion.belief;
    this.#local[producer * 3 + 1] = opinion.disbelief;
    this.#local[producer * 3 + 2] = opinion.uncertainty;
  }

  /** Fuses a producer's local opinion with what all others recommend: the sums behind it and ahead of it. */
  #fuse(cell: number, producer: number, behind: Float64Array, at: number): void {
    const ahead = this.#ahead;
    const { frequency, value } = this.parameters;
    const n = behind[0] + ahead[at];
    const v = behind[4] + ahead[at + 4];
    let byCount = 0;
    let byValue = 0;
    let rest = 0;
    if (this.mode === 'demo') {
      byCount = frequency / (1 + frequency * n + value * v);
      byValue = value / (1 + frequency * n + value * v);
      if (n === 0) rest = 1;
    } else if (n > 0) {
      // Where all values are 0 only the number of interactions can weigh.
      const share = v > 0 ? frequency / (frequency + value) : 1;
      byCount = share / n;
      byValue = v > 0 ? (1 - share) / v : 0;
    } else rest = 1;
    const belief = byCount * (behind[1] + ahead[at + 1]) + byValue * (behind[5] + ahead[at + 5]);
    const disbelief = byCount * (behind[2] + ahead[at + 2]) + byValue * (behind[6] + ahead[at + 6]);
    const uncertainty = rest + byCount * (behind[3] + ahead[at + 3]) + byValue * (behind[7] + ahead[at + 7]);
    const ownBelief = this.#local[producer * 3];
    const ownDisbelief = this.#local[producer * 3 + 1];
    const ownUncertainty = this.#local[producer * 3 + 2];
    const product = ownUncertainty * uncertainty;
    const k = ownUncertainty + uncertainty - product;
    // As fuseOpinions, written out: a column of a thousand producers makes no objects.
    this.#belief[cell] =
      k > 0 ? (ownBelief * uncertainty + belief * ownUncertainty) / k : (ownBelief + belief) / 2;
    this.#disbelief[cell] =
      k > 0 ? (ownDisbelief * uncertainty + disbelief * ownUncertainty) / k : (ownDisbelief + disbelief) / 2;
    this.#uncertainty[cell] = k > 0 ? product / k : 0;
  }
}
