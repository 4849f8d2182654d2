import { cachingRules, CachingSearch, cutValue, keyOf, type Cut } from '../bound/cuts.js';
import { PriceBounds } from '../bound/bounds.js';
import { refineSet } from './refine.js';
import { exp, log } from '../../math/index.js';
import { JointSolver, type JointPoint } from '../bound/joint.js';
import type { Reach } from '../bound/reach.js';
import type { ScaledProblem } from '../model/scaled.js';

/** What the branch and bound found. */
export interface BranchResult {
  /** The best point; null if no caching set has one. */
  readonly best: JointPoint | null;
  /** No point of any caching set has a smaller total, ms; ∞ if all are shown infeasible. */
  readonly lowerBoundMs: number;
  /** Price of caching capacity, ms per bit: gain per bit of the first task left out at the best prices. */
  readonly cachePrice: number;
  readonly cuts: readonly Cut[];
  /** Caching sets for which everything continuous was solved. */
  readonly setsSolved: number;
  readonly iterations: number;
  /** What kept the bound from reaching the best point; undefined where it did. */
  readonly stoppedBy?: SearchLimit | undefined;
}

/**
 * What a search ran into: caching sets, or boxes of offloaded shares, that were too many for its effort; more devices than it
 * searches sets for; numbers so far apart that a bound cannot be computed closer.
 */
export type SearchLimit = 'sets' | 'shares' | 'devices' | 'precision';

/** Limits of the search. */
export interface BranchOptions {
  /** Relative gap at which to stop. */
  readonly gapTolerance: number;
  /** How far to look, in multiples of the usual. */
  readonly effort: number;
  /** Sets to try first and prices for first cuts, from a neighbouring instance. */
  readonly warmSet?: Uint8Array | undefined;
  readonly warmPrices?: { lambda: number; mu: number } | undefined;
}

/** Above this many devices no search over sets is made: the knapsack bound itself is tight. */
const SEARCH_DEVICES = 200;
/** Caching sets for which everything continuous is solved at most. */
const MAX_SETS = 400;
/** Terms of bounds added up at most, in one search over sets and in all. */
const WORK_PER_SEARCH = 5e6;
const MAX_SEARCH_WORK = 6e7;
/** Points × devices at which no further caching set, and box of offloaded shares, is begun, and for one set: a second or so in all. */
const MAX_WORK = 800_000;
const WORK_PER_SET = 400_000;

/**
 * Minimises over caching sets by Lagrangian cuts: solve everything continuous for a set, take its two prices, turn them
 * into a bound that is linear in the set (exact per-device costs, cached and not), and go on with the set that all bounds
 * so far leave most promising, until none is left below the best point found.
 */
export class CachingBranch {
  readonly #joint: JointSolver;
  readonly #bounds: PriceBounds;
  readonly #search: CachingSearch;
  readonly #cuts: Cut[] = [];
  readonly #examined = new Map<string, { set: Uint8Array; bound: number }>();
  /** Where the search was cut short. */
  readonly #limits = new Set<SearchLimit>();
  #best: JointPoint | null = null;
  #iterations = 0;

  constructor(
    readonly problem: ScaledProblem,
    readonly reach: Reach,
  ) {
    this.#search = new CachingSearch(cachingRules(problem, reach));
    this.#bounds = new PriceBounds(problem, reach);
    this.#joint = new JointSolver(problem, reach, this.#bounds.costs);
  }

  run(options: BranchOptions): BranchResult {
    const { problem } = this;
    const { effort } = options;
    const small = problem.count <= SEARCH_DEVICES;
    let set: Uint8Array | null;
    const [lambda, mu] = this.#guessPrices(options);
    const guess = this.#bounds.at(1, lambda, mu, 1e-6).cut;
    this.#cuts.push(guess);
    const first = this.#search.relaxedBound(guess);
    const { warmSet } = options;
    set = warmSet !== undefined && this.#search.admissible(warmSet) ? warmSet : first.set;
    let bound = higher(0, first.bound);
    while (set !== null) {
      const sets = this.#examined.size;
      if (sets >= MAX_SETS * effort || (sets > 0 && this.#work >= this.#most(effort))) {
        this.#limits.add('sets');
        break;
      }
      this.#examine(set, options);
      const guide = this.#cuts[this.#cuts.length - 1];
      for (const cut of this.#cuts) {
        const relaxed = this.#search.relaxedBound(cut).bound;
        if (cut.optimality) bound = higher(bound, relaxed);
        else if (relaxed > 1e-9) bound = Infinity;
      }
      const upper = this.#best?.totalMs ?? Infinity;
      const threshold = upper * (1 - options.gapTolerance);
      if (bound >= threshold) return this.#result(bound);
      if (small) {
        const examined = new Set(this.#examined.keys());
        const left = MAX_SEARCH_WORK * effort - this.#search.work;
        const budget = Math.min(WORK_PER_SEARCH * effort, left);
        const found = this.#search.search(this.#cuts, guide, threshold, examined, budget);
        if (found.isCutShort) this.#limits.add('sets');
        bound = higher(bound, Math.min(found.bound, this.#examinedBound()));
        set = found.set;
      } else {
        const next = this.#search.relaxedBound(guide).set;
        set = this.#examined.has(keyOf(next)) ? null : next;
        this.#limits.add('devices');
      }
    }
    const isProven = bound >= (this.#best?.totalMs ?? Infinity) * (1 - options.gapTolerance);
    return this.#result(bound, isProven ? undefined : this.#limit());
  }

  /** Points × devices tried so far. */
  get #work(): number {
    return this.#joint.work + this.#bounds.costs.work;
  }

  /** Points × devices at which no further set is begun: later where there is no answer yet. */
  #most(effort: number): number {
    return effort * MAX_WORK * (this.#best === null ? 3 : 1);
  }

  #limit(): SearchLimit {
    const order = ['devices', 'sets', 'shares'] as const;
    return order.find((limit) => this.#limits.has(limit)) ?? 'precision';
  }

  #result(bound: number, stoppedBy?: SearchLimit): BranchResult {
    const best = this.#best;
    let cachePrice = 0;
    if (best !== null) {
      const own = this.#cuts.find((cut) => cut.lambda === best.lambda && cut.mu === best.mu);
      if (own !== undefined) cachePrice = this.#search.relaxedBound(own).price;
    }
    return {
      best,
      lowerBoundMs: best === null ? bound : Math.min(bound, best.totalMs),
      cachePrice,
      cuts: this.#cuts,
      setsSolved: this.#examined.size,
      iterations: this.#iterations,
      stoppedBy,
    };
  }

  /** The least that the cuts allow over the sets already solved: a set whose own bound is loose stays open. */
  #examinedBound(): number {
    let least = Infinity;
    for (const { set, bound } of this.#examined.values()) {
      let own = higher(0, bound);
      for (const cut of this.#cuts) {
        const value = cutValue(cut, set);
        if (cut.optimality) own = higher(own, value);
        else if (value > 1e-9) own = Infinity;
      }
      least = Math.min(least, own);
    }
    return least;
  }

  #examine(set: Uint8Array, { gapTolerance, effort }: BranchOptions): void {
    const point = this.#joint.solve(set);
    this.#iterations += point.iterations;
    this.#accept(point);
    const cut = this.#addCut(point, gapTolerance);
    let bound = -Infinity;
    const least = this.#best?.totalMs ?? Infinity;
    const own = cutValue(cut, set);
    const isOpen = point.feasible ? own < least * (1 - gapTolerance) : own <= 1e-9;
    if (isOpen) {
      const budget = Math.min(WORK_PER_SET * effort, this.#most(effort) - this.#work);
      const refined = refineSet(this.#joint, this.#bounds, point, least, gapTolerance, budget);
      bound = refined.bound;
      this.#iterations += refined.iterations;
      if (refined.isCutShort) this.#limits.add('shares');
      if (refined.best.totalMs < point.totalMs) this.#addCut(refined.best, gapTolerance);
      this.#accept(refined.best);
    }
    this.#examined.set(keyOf(set), { set: set.slice(), bound });
  }

  #accept(point: JointPoint): void {
    if (point.feasible && point.totalMs < (this.#best?.totalMs ?? Infinity)) this.#best = point;
  }

  #addCut(point: JointPoint, gapTolerance: number): Cut {
    const scale = point.feasible ? point.totalMs : 1;
    const tolerance = (0.2 * gapTolerance * scale) / this.problem.count;
    const { cut } = this.#bounds.at(point.feasible ? 1 : 0, point.lambda, point.mu, tolerance, point);
    this.#cuts.push(cut);
    return cut;
  }

  /** Prices of an even split, near enough to choose a first set. */
  #guessPrices({ warmPrices }: BranchOptions): [number, number] {
    if (warmPrices !== undefined) return [warmPrices.lambda, warmPrices.mu];
    const { problem } = this;
    const { count } = problem;
    const { link } = this.#bounds.costs.air;
    let lambda = 0;
    let roots = 0;
    const y = -log(Math.max(1, 0.75 * count));
    let heard = 0;
    for (let m = 0; m < count; m++) {
      roots += 0.7 * Math.sqrt(problem.work[m] / problem.edgeYield);
      if (!link.evaluate(m, y, problem.logPower[m])) continue;
      lambda += Math.abs(link.timeY) / exp(y);
      heard++;
    }
    const edge = roots / problem.edgeRate;
    return [heard > 0 ? lambda / heard : 1, edge * edge];
  }
}

/** The higher of two bounds; one that is no number, as its cut's numbers lie too far apart, proves nothing. */
function higher(bound: number, other: number): number {
  return other > bound ? other : bound;
}
