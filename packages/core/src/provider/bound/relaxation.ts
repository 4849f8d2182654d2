import type { Market } from '../market.js';
import { valueOf } from '../market.js';
import type { Intervals } from './intervals.js';
import { intervalsOf } from './intervals.js';

/** A bound on every crash-free plan, and how far it can lie above the linear relaxation. */
export interface Relaxation {
  /** At least the value of the linear relaxation, hence of every crash-free plan. */
  readonly upper: number;
  /** Value of a feasible point of the relaxation: the relaxation lies between the two. */
  readonly lower: number;
  /** (upper − lower) / upper, 0 for a bound of 0. */
  readonly gap: number;
  /** `Float64Array [n × m]`: share of each task at each provider in that point. */
  readonly shares: Float64Array;
  readonly iterations: number;
}

/** Proven relative gap at which the method stops. */
const TOLERANCE = 1e-3;
const MAX_ITERATIONS = 20_000;
/** Work at most, iterations × pairs: half a minute; the paper's instance needs a tenth of it at its hardest load. */
const MAX_WORK = 4e9;
/** Iterations between two looks at the gap. */
const CHECK = 40;

/**
 * The linear relaxation of the best crash-free plan with all arrivals known:
 *
 * max Σ u_ij x_ij, Σ_j x_ij ≤ 1 for every task, Σ_i t_i x_ij ≤ capacity_j at every arrival over the tasks that run then, x ≥ 0.
 *
 * Solved by the primal-dual hybrid gradient method with diagonal steps (Pock and Chambolle 2011) and restarts from the average
 * (Applegate et al. 2021). The bound holds whatever the iterations reach: at any prices y ≥ 0 of capacity it is the Lagrangian
 * Σ y + Σ_i max(0, max_j u_ij − price_ij). The feasible point is an iterate scaled down to its limits, so the gap is proven.
 */
export function relax(
  market: Market,
  { tolerance = TOLERANCE, maxIterations = iterationsFor(market) } = {},
): Relaxation {
  const method = new PrimalDual(market, intervalsOf(market));
  let iterations = 0;
  while (iterations < maxIterations && method.gap > tolerance) {
    for (let round = 0; round < CHECK; round++) method.iterate();
    iterations += CHECK;
    method.judge();
  }
  const { upper, lower, gap, shares } = method;
  return { upper, lower, gap, shares, iterations };
}

function iterationsFor({ providers, tasks }: Market): number {
  return Math.max(CHECK, Math.min(MAX_ITERATIONS, Math.floor(MAX_WORK / (providers * tasks))));
}

/** State of the method; arrays over pairs are provider-major `[n × m]`, over peaks `[n × peaks]`. */
class PrimalDual {
  upper = Infinity;
  lower = 0;
  readonly shares: Float64Array;

  readonly #m: number;
  readonly #n: number;
  readonly #peaks: number;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #value: Float64Array;
  /** Share of a provider's capacity that a task takes: t_i / capacity_j. */
  readonly #weight: Float64Array;

  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #q: Float64Array;
  readonly #xSum: Float64Array;
  readonly #ySum: Float64Array;
  readonly #qSum: Float64Array;
  /** Where the present run of averages began. */
  readonly #xStart: Float64Array;
  readonly #yStart: Float64Array;
  readonly #qStart: Float64Array;
  readonly #xStep: Float64Array;
  readonly #yStep: Float64Array;
  readonly #qStep: number;
  #primalWeight = 1;
  #averaged = 0;
  #total = 0;
  #gapAtStart = Infinity;

  readonly #taskLoad: Float64Array;
  readonly #cumulative: Float64Array;
  readonly #load: Float64Array;
  readonly #best: Float64Array;
  readonly #point: Float64Array;
  readonly #duals: Float64Array;
  readonly #scaled: Float64Array;

  constructor(market: Market, { peaks, first, last }: Intervals) {
    const { providers: n, tasks: m } = market;
    this.#n = n;
    this.#m = m;
    this.#peaks = peaks;
    this.#first = first;
    this.#last = last;
    const pairs = (): Float64Array => new Float64Array(n * m);
    const rows = (): Float64Array => new Float64Array(n * peaks);
    const tasks = (): Float64Array => new Float64Array(m);
    this.#value = pairs();
    this.#weight = pairs();
    [this.#x, this.#xSum, this.#xStart, this.#xStep] = [pairs(), pairs(), pairs(), pairs()];
    [this.#y, this.#ySum, this.#yStart, this.#yStep] = [rows(), rows(), rows(), rows()];
    [this.#q, this.#qSum, this.#qStart] = [tasks(), tasks(), tasks()];
    this.shares = pairs();
    this.#point = pairs();
    this.#scaled = pairs();
    this.#duals = rows();
    this.#taskLoad = tasks();
    this.#best = tasks();
    this.#cumulative = new Float64Array(peaks + 1);
    this.#load = new Float64Array(peaks + 1);
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < m; i++) {
        const pair = j * m + i;
        this.#value[pair] = valueOf(market, i, j);
        this.#weight[pair] = market.steps[i] / market.capacity[j];
        this.#xStep[pair] = 1 / (1 + this.#weight[pair] * (last[i] - first[i] + 1));
      }
    }
    this.#qStep = 1 / n;
    const ones = pairs().fill(1);
    for (let j = 0; j < n; j++) {
      this.#loadOf(ones, j);
      for (let peak = 0; peak < peaks; peak++) this.#yStep[j * peaks + peak] = 1 / this.#load[peak];
    }
  }

  get gap(): number {
    if (this.upper <= 0) return 0;
    return this.upper === Infinity ? 1 : (this.upper - this.lower) / this.upper;
  }

  /** One step of the method, and its part of the average. */
  iterate(): void {
    const m = this.#m;
    const peaks = this.#peaks;
    const faster = 1 / this.#primalWeight;
    this.#taskLoad.fill(0);
    for (let j = 0; j < this.#n; j++) {
      this.#accumulate(this.#y, j);
      const load = this.#load.fill(0);
      for (let i = 0; i < m; i++) {
        const pair = j * m + i;
        const weight = this.#weight[pair];
        const first = this.#first[i];
        const after = this.#last[i] + 1;
        const price = weight * (this.#cumulative[after] - this.#cumulative[first]);
        const before = this.#x[pair];
        const moved = before + faster * this.#xStep[pair] * (this.#value[pair] - price - this.#q[i]);
        const x = moved > 0 ? (moved < 1 ? moved : 1) : 0;
        this.#x[pair] = x;
        this.#xSum[pair] += x;
        const ahead = 2 * x - before;
        if (ahead === 0) continue;
        this.#taskLoad[i] += ahead;
        load[first] += weight * ahead;
        load[after] -= weight * ahead;
      }
      let used = 0;
      for (let peak = 0; peak < peaks; peak++) {
        used += load[peak];
        const row = j * peaks + peak;
        const y = this.#y[row] + this.#primalWeight * this.#yStep[row] * (used - 1);
        this.#y[row] = y > 0 ? y : 0;
        this.#ySum[row] += this.#y[row];
      }
    }
    for (let i = 0; i < m; i++) {
      const q = this.#q[i] + this.#primalWeight * this.#qStep * (this.#taskLoad[i] - 1);
      this.#q[i] = q > 0 ? q : 0;
      this.#qSum[i] += this.#q[i];
    }
    this.#averaged++;
    this.#total++;
  }

  /** Bounds from the iterate and from the average; restarts from the average when it has come far enough. */
  judge(): void {
    const scale = 1 / this.#averaged;
    const average = (from: Float64Array, to: Float64Array): Float64Array => {
      for (let k = 0; k < from.length; k++) to[k] = from[k] * scale;
      return to;
    };
    this.#boundFrom(this.#y);
    this.#pointFrom(this.#x);
    const upper = this.#boundFrom(average(this.#ySum, this.#duals));
    const lower = this.#pointFrom(average(this.#xSum, this.#point));
    const gap = upper - lower;
    const isLong = this.#averaged >= 0.36 * this.#total;
    if (gap > 0.5 * this.#gapAtStart && !isLong) return;
    average(this.#xSum, this.#x);
    this.#y.set(this.#duals);
    average(this.#qSum, this.#q);
    this.#reweigh();
    this.#gapAtStart = gap;
    for (const sums of [this.#xSum, this.#ySum, this.#qSum]) sums.fill(0);
    this.#averaged = 0;
    this.#xStart.set(this.#x);
    this.#yStart.set(this.#y);
    this.#qStart.set(this.#q);
  }

  /** Primal weight of PDLP: the ratio of the distances travelled, smoothed. */
  #reweigh(): void {
    let primal = 0;
    let dual = 0;
    for (let k = 0; k < this.#x.length; k++) {
      primal += (this.#x[k] - this.#xStart[k]) ** 2 / this.#xStep[k];
    }
    for (let k = 0; k < this.#y.length; k++) dual += (this.#y[k] - this.#yStart[k]) ** 2 / this.#yStep[k];
    for (let k = 0; k < this.#q.length; k++) dual += (this.#q[k] - this.#qStart[k]) ** 2 / this.#qStep;
    if (primal > 0 && dual > 0) this.#primalWeight = Math.sqrt(this.#primalWeight * Math.sqrt(dual / primal));
  }

  /** Lagrangian bound at prices of capacity; keeps the best. */
  #boundFrom(y: Float64Array): number {
    const m = this.#m;
    const best = this.#best.fill(0);
    let bound = 0;
    for (let j = 0; j < this.#n; j++) {
      bound += this.#accumulate(y, j);
      for (let i = 0; i < m; i++) {
        const pair = j * m + i;
        const spanned = this.#cumulative[this.#last[i] + 1] - this.#cumulative[this.#first[i]];
        const price = this.#weight[pair] * spanned;
        if (this.#value[pair] - price > best[i]) best[i] = this.#value[pair] - price;
      }
    }
    for (let i = 0; i < m; i++) bound += best[i];
    if (bound < this.upper) this.upper = bound;
    return bound;
  }

  /** Value of a point scaled down to its limits; keeps the best. */
  #pointFrom(x: Float64Array): number {
    const m = this.#m;
    const sums = this.#best.fill(0);
    for (let k = 0; k < x.length; k++) sums[k % m] += x[k];
    const point = this.#scaled;
    for (let k = 0; k < x.length; k++) point[k] = x[k] / Math.max(1, sums[k % m]);
    let value = 0;
    for (let j = 0; j < this.#n; j++) {
      this.#loadOf(point, j);
      for (let i = 0; i < m; i++) {
        const pair = j * m + i;
        if (point[pair] === 0) continue;
        let most = 1;
        for (let peak = this.#first[i]; peak <= this.#last[i]; peak++) {
          if (this.#load[peak] > most) most = this.#load[peak];
        }
        point[pair] /= most;
        value += point[pair] * this.#value[pair];
      }
    }
    if (value > this.lower) {
      this.lower = value;
      this.shares.set(point);
    }
    return value;
  }

  /** Cumulative prices of one provider's peaks; returns their sum. */
  #accumulate(y: Float64Array, j: number): number {
    const at = j * this.#peaks;
    let sum = 0;
    for (let peak = 0; peak < this.#peaks; peak++) {
      this.#cumulative[peak] = sum;
      sum += y[at + peak];
    }
    this.#cumulative[this.#peaks] = sum;
    return sum;
  }

  /** Load of one provider at every peak, in shares of its capacity. */
  #loadOf(x: Float64Array, j: number): void {
    const load = this.#load.fill(0);
    for (let i = 0; i < this.#m; i++) {
      const pair = j * this.#m + i;
      const used = this.#weight[pair] * x[pair];
      load[this.#first[i]] += used;
      load[this.#last[i] + 1] -= used;
    }
    for (let peak = 1; peak < this.#peaks; peak++) load[peak] += load[peak - 1];
  }
}
