import type { Reach } from './reach.js';
import type { ScaledProblem } from '../model/scaled.js';

/**
 * A Lagrangian bound that is linear in the caching set s: base + Σ (s_m ? cached_m : uncached_m). An optimality cut bounds
 * the latency of every set from below; a feasibility cut is positive at sets that have no feasible point.
 */
export interface Cut {
  readonly optimality: boolean;
  readonly base: number;
  readonly cached: Float64Array;
  readonly uncached: Float64Array;
  /** λ and μ of the cut (ms per share, ms per GHz). */
  readonly lambda: number;
  readonly mu: number;
}

/** What caching may and must do. */
export interface CachingRules {
  readonly capacity: number;
  readonly sizes: Float64Array;
  /** 1: must be cached, −1: cannot be, 0: free. */
  readonly fixed: Int8Array;
}

/** What caching may and must do, from what each device could do alone. */
export function cachingRules(problem: ScaledProblem, reach: Reach): CachingRules {
  const fixed = new Int8Array(problem.count);
  for (let m = 0; m < problem.count; m++) fixed[m] = !reach.uncached[m] ? 1 : !reach.cached[m] ? -1 : 0;
  return {
    sizes: problem.sizeBits,
    capacity: reachableCapacity(problem.sizeBits, problem.capacityBits),
    fixed,
  };
}

const SLACK = 1e-9;

/** Value of a cut at a set. */
export function cutValue(cut: Cut, set: Uint8Array): number {
  let sum = cut.base;
  for (let m = 0; m < set.length; m++) sum += set[m] ? cut.cached[m] : cut.uncached[m];
  return sum;
}

/** Rounds the capacity down to what sums of sizes can reach, where the sizes have a common divisor. */
export function reachableCapacity(sizes: Float64Array, capacity: number): number {
  let divisor = 0;
  for (const size of sizes) {
    if (!Number.isSafeInteger(size)) return capacity;
    let a = divisor;
    let b = size;
    while (b > 0) {
      const rest = a % b;
      a = b;
      b = rest;
    }
    divisor = a;
  }
  return divisor > 1 ? Math.floor(capacity / divisor) * divisor : capacity;
}

/** Result of a search over caching sets. */
export interface SetSearch {
  /** A set whose largest cut lies below the threshold, or null if there is none (or none was found). */
  readonly set: Uint8Array | null;
  /** No admissible set that is not in `examined` has a largest cut below this. */
  readonly bound: number;
  /** Whether nodes were left out as there were too many. */
  readonly isCutShort: boolean;
}

/**
 * Depth-first branch and bound over caching sets: the set with the smallest maximum over the cuts, below `threshold`. A
 * node's bound is the best over the cuts of its fractional knapsack.
 */
export class CachingSearch {
  /** Terms of bounds added up since the beginning: what time is spent on. */
  work = 0;
  readonly #free: number[] = [];
  readonly #forcedWeight: number;
  readonly #count: number;

  constructor(readonly rules: CachingRules) {
    this.#count = rules.sizes.length;
    let weight = 0;
    for (let m = 0; m < this.#count; m++) {
      if (rules.fixed[m] === 0) this.#free.push(m);
      else if (rules.fixed[m] === 1) weight += rules.sizes[m];
    }
    this.#forcedWeight = weight;
  }

  /** Whether a set keeps the capacity and what is fixed. */
  admissible(set: Uint8Array): boolean {
    const { fixed, sizes, capacity } = this.rules;
    let weight = 0;
    for (let m = 0; m < this.#count; m++) {
      if ((fixed[m] === 1 && !set[m]) || (fixed[m] === -1 && set[m])) return false;
      if (set[m]) weight += sizes[m];
    }
    return weight <= capacity;
  }

  /** Fractional knapsack bound of one cut over all admissible sets. */
  relaxedBound(cut: Cut): { bound: number; price: number; set: Uint8Array } {
    const { fixed, sizes, capacity } = this.rules;
    const set = new Uint8Array(this.#count);
    let bound = cut.base;
    for (let m = 0; m < this.#count; m++) {
      set[m] = fixed[m] === 1 ? 1 : 0;
      bound += set[m] ? cut.cached[m] : cut.uncached[m];
    }
    let room = capacity - this.#forcedWeight;
    let price = 0;
    let full = false;
    for (const m of orderByGain(this.#free, cut, sizes)) {
      const gain = cut.uncached[m] - cut.cached[m];
      if (gain <= 0) break;
      if (sizes[m] <= room) {
        set[m] = 1;
        room -= sizes[m];
        if (!full) bound -= gain;
      } else if (!full) {
        bound -= gain * (room / sizes[m]);
        price = gain / sizes[m];
        full = true;
      }
    }
    return { bound, price, set };
  }

  /**
   * @param guide the cut whose gains order the branching
   * @param threshold sets at or above it are of no interest
   * @param budget of {@link work}, at which the search is cut short
   */
  search(
    cuts: readonly Cut[],
    guide: Cut,
    threshold: number,
    examined: ReadonlySet<string>,
    budget: number,
  ): SetSearch {
    const { sizes, fixed, capacity } = this.rules;
    const items = orderByGain(this.#free, guide, sizes);
    const orders = cuts.map((cut) => orderByGain(this.#free, cut, sizes));
    const depthOf = new Int32Array(this.#count).fill(-1);
    items.forEach((m, depth) => (depthOf[m] = depth));
    const set = new Uint8Array(this.#count);
    const base = cuts.map((cut) => {
      let sum = cut.base;
      for (let m = 0; m < this.#count; m++) sum += fixed[m] === 1 ? cut.cached[m] : cut.uncached[m];
      return sum;
    });
    for (let m = 0; m < this.#count; m++) set[m] = fixed[m] === 1 ? 1 : 0;
    let best: Uint8Array | null = null;
    let bestValue = threshold;
    const end = this.work + budget;
    let cutShort = Infinity;

    const boundOf = (depth: number, room: number): number => {
      let highest = -Infinity;
      for (let k = 0; k < cuts.length; k++) {
        const cut = cuts[k];
        let value = base[k];
        let rest = room;
        this.work += orders[k].length;
        for (const m of orders[k]) {
          if (depthOf[m] < depth) continue;
          const gain = cut.uncached[m] - cut.cached[m];
          if (gain <= 0) break;
          if (sizes[m] <= rest) {
            value -= gain;
            rest -= sizes[m];
          } else {
            value -= gain * (rest / sizes[m]);
            break;
          }
        }
        if (!cut.optimality) {
          if (value > SLACK) return Infinity;
        } else if (value > highest) highest = value;
      }
      return highest;
    };

    const take = (m: number, sign: number) => {
      for (let k = 0; k < cuts.length; k++) base[k] -= sign * (cuts[k].uncached[m] - cuts[k].cached[m]);
    };

    const visit = (depth: number, room: number): void => {
      const bound = boundOf(depth, room);
      if (bound >= bestValue) return;
      if (this.work >= end) {
        cutShort = Math.min(cutShort, bound);
        return;
      }
      if (depth === items.length) {
        if (examined.has(keyOf(set))) return;
        best = set.slice();
        bestValue = bound;
        return;
      }
      const m = items[depth];
      if (sizes[m] <= room) {
        set[m] = 1;
        take(m, 1);
        visit(depth + 1, room - sizes[m]);
        take(m, -1);
        set[m] = 0;
      }
      visit(depth + 1, room);
    };
    visit(0, capacity - this.#forcedWeight);
    return { set: best, bound: Math.min(bestValue, cutShort), isCutShort: cutShort < Infinity };
  }
}

function orderByGain(items: readonly number[], cut: Cut, sizes: Float64Array): number[] {
  const ratio = (m: number) => (cut.uncached[m] - cut.cached[m]) / sizes[m];
  return [...items].sort((a, b) => ratio(b) - ratio(a) || a - b);
}

/** A set as a key. */
export function keyOf(set: Uint8Array): string {
  return set.join('');
}
