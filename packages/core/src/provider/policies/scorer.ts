import { exp } from '../../math/index.js';
import type { ProviderPolicy } from '../policy.js';
import type { ProviderSimulator } from '../simulator.js';
import { SCORER_WEIGHTS } from './scorer-weights.js';

/** Weights of a {@link ScorerPolicy}, by name. */
export const SCORER_FEATURES = [
  'value',
  'doubt',
  'slack',
  'capacity',
  'value × load',
  'doubt × load',
  'slack × load',
  'potential × load',
  'full',
  'crash cost',
  'crash cost × load',
  'ln trust in the others',
] as const;

/** Where a search for weights begins: the value counts, a crash is not chosen. */
export const SCORER_START = {
  mean: [4, 0.5, 0, 0, 0, 0, 0, 0, -10, -1, 0, 0],
  deviation: [1, 1, 1, 1, 1, 1, 1, 1, 4, 1, 1, 1],
} as const;

/** Task sizes are told apart in steps of 10, up to 320. */
const BIN_STEPS = 10;
const BINS = 32;
/** The larger tasks that room is kept for: 50 steps more. */
const LARGER_BINS = 5;
/** What a value says of others: exp(−d²/2σ²) over d bins, σ = 1.5. */
const KERNEL = Float64Array.from({ length: BINS }, (_, d) => exp((-d * d) / 4.5));
/** Value of a task before anything was seen, and what that counts beside a value of its own size. */
const PRIOR_VALUE = 0.4;
const PRIOR_COUNT = 0.5;

/** Sums of what was seen, smoothed over task sizes as they come, so that a question costs one division. */
class History {
  readonly #sum: Float64Array;
  readonly #count: Float64Array;

  constructor(providers: number) {
    this.#sum = new Float64Array(providers * BINS);
    this.#count = new Float64Array(providers * BINS);
  }

  note(provider: number, bin: number, value: number): void {
    for (let b = 0; b < BINS; b++) {
      const weight = KERNEL[b < bin ? bin - b : b - bin];
      this.#sum[provider * BINS + b] = this.#sum[provider * BINS + b] + weight * value;
      this.#count[provider * BINS + b] = this.#count[provider * BINS + b] + weight;
    }
  }

  count(provider: number, bin: number): number {
    return this.#count[provider * BINS + bin];
  }

  /** Mean of what was seen and `prior`, which counts as `trust` values. */
  mean(provider: number, bin: number, prior: number, trust: number): number {
    const at = provider * BINS + bin;
    return (this.#sum[at] + trust * prior) / (this.#count[at] + trust);
  }
}

/**
 * Scores every provider by the same weights, from what it has been seen to be worth, so that it serves providers never seen
 * and any number of them: what a task of this size is expected to be worth there (values of near sizes, then of the other
 * providers), the doubt in that, what is left free, what larger tasks would be worth, each also times the load; where there
 * is no room, what a crash would cost. The highest score gets the task, the lowest number of equal ones.
 *
 * What it has learned stays over streams of as many providers.
 */
export class ScorerPolicy implements ProviderPolicy {
  readonly name = 'scorer';
  #own = new History(0);
  #all = new History(1);
  #providers = 0;
  #largest = 0;
  #total = 0;
  readonly #trust: number;
  #steps = 0;
  #bin = 0;
  #larger = 0;
  #load = 0;
  #common = 0;
  #commonLarger = 0;

  /** @param weights `[SCORER_FEATURES]`; default: those of `metalore reproduce provider-scorer` */
  constructor(readonly weights: ArrayLike<number> = SCORER_WEIGHTS) {
    this.#trust = exp(weights[11]);
  }

  begin({ market }: ProviderSimulator): void {
    if (market.providers !== this.#providers) {
      this.#providers = market.providers;
      this.#own = new History(market.providers);
      this.#all = new History(1);
    }
    this.#largest = market.capacity.reduce((most, steps) => Math.max(most, steps), 0);
    this.#total = market.capacity.reduce((sum, steps) => sum + steps, 0);
  }

  choose(simulator: ProviderSimulator): number {
    this.#look(simulator);
    const { free } = simulator;
    let best = 0;
    let highest = -Infinity;
    for (let j = 0; j < free.length; j++) {
      const score = free[j] < this.#steps ? this.#scoreFull(simulator, j) : this.#score(simulator, j);
      if (score > highest) {
        highest = score;
        best = j;
      }
    }
    return best;
  }

  /** What is the same for all providers when a task has arrived. */
  #look({ market, next, free }: ProviderSimulator): void {
    this.#steps = market.steps[next];
    this.#bin = binOf(this.#steps);
    this.#larger = Math.min(BINS - 1, this.#bin + LARGER_BINS);
    let idle = 0;
    for (let j = 0; j < free.length; j++) idle += free[j];
    this.#load = 1 - idle / this.#total;
    this.#common = this.#all.mean(0, this.#bin, PRIOR_VALUE, PRIOR_COUNT);
    this.#commonLarger = this.#all.mean(0, this.#larger, PRIOR_VALUE, PRIOR_COUNT);
  }

  #score({ market, free }: ProviderSimulator, j: number): number {
    const w = this.weights;
    const load = this.#load;
    const own = this.#own;
    const value = own.mean(j, this.#bin, this.#common, this.#trust);
    const doubt = 1 / Math.sqrt(1 + own.count(j, this.#bin));
    const slack = (free[j] - this.#steps) / market.capacity[j];
    return (
      (w[0] + w[4] * load) * value +
      (w[1] + w[5] * load) * doubt +
      (w[2] + w[6] * load) * slack +
      (w[3] * market.capacity[j]) / this.#largest +
      w[7] * load * own.mean(j, this.#larger, this.#commonLarger, this.#trust)
    );
  }

  #scoreFull(simulator: ProviderSimulator, j: number): number {
    const w = this.weights;
    return w[8] + (w[9] + w[10] * this.#load) * simulator.crashCost(j);
  }

  observe({ market }: ProviderSimulator, task: number, provider: number, value: number): void {
    const bin = binOf(market.steps[task]);
    this.#own.note(provider, bin, value);
    this.#all.note(0, bin, value);
  }
}

function binOf(steps: number): number {
  return Math.min(BINS - 1, Math.floor(steps / BIN_STEPS));
}
