import type { Market } from '../market.js';
import { valueOf } from '../market.js';
import type { Intervals } from './intervals.js';
import { intervalsOf } from './intervals.js';
import type { Relaxation } from './relaxation.js';

const NOWHERE = -1;
const MAX_ROUNDS = 30;

/**
 * A good crash-free plan: the relaxation's shares rounded, largest first, then tasks moved, one at a time or in exchange for one
 * that is in the way, as long as the value rises.
 *
 * @returns `Int32Array [m]`: provider of every task, −1 to turn it away
 */
export function roundedPlan(market: Market, { shares }: Relaxation): Int32Array {
  const plan = new Plan(market, intervalsOf(market));
  const { tasks } = market;
  const pairs = Int32Array.from(shares.keys())
    .filter((pair) => shares[pair] > 1e-3)
    .sort((a, b) => shares[b] - shares[a] || a - b);
  for (const pair of pairs) {
    const task = pair % tasks;
    const provider = (pair - task) / tasks;
    if (plan.provider[task] === NOWHERE && plan.fits(task, provider)) plan.put(task, provider);
  }
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let improved = false;
    for (let task = 0; task < tasks; task++) {
      if (plan.moveToBest(task) || plan.exchange(task)) improved = true;
    }
    if (!improved) break;
  }
  return plan.provider;
}

/** A crash-free plan and the room that it leaves. */
class Plan {
  readonly provider: Int32Array;
  readonly #market: Market;
  readonly #intervals: Intervals;
  /** `Float64Array [n × peaks]`: steps free. */
  readonly #free: Float64Array;
  /** Tasks at each provider. */
  readonly #members: Set<number>[];

  constructor(market: Market, intervals: Intervals) {
    const { providers, tasks, capacity } = market;
    this.provider = new Int32Array(tasks).fill(NOWHERE);
    this.#market = market;
    this.#intervals = intervals;
    this.#free = new Float64Array(providers * intervals.peaks);
    for (let j = 0; j < providers; j++) {
      this.#free.fill(capacity[j], j * intervals.peaks, (j + 1) * intervals.peaks);
    }
    this.#members = Array.from({ length: providers }, () => new Set<number>());
  }

  fits(task: number, provider: number): boolean {
    return this.#leastFree(task, provider) >= this.#market.steps[task];
  }

  put(task: number, provider: number): void {
    this.#take(task, provider, this.#market.steps[task]);
    this.provider[task] = provider;
    this.#members[provider].add(task);
  }

  #remove(task: number): void {
    const provider = this.provider[task];
    if (provider === NOWHERE) return;
    this.#take(task, provider, -this.#market.steps[task]);
    this.provider[task] = NOWHERE;
    this.#members[provider].delete(task);
  }

  /** To the best provider with room, if that is better than where it is. */
  moveToBest(task: number): boolean {
    const best = this.#bestWithRoom(task, this.#valueNow(task));
    if (best === NOWHERE) return false;
    this.#remove(task);
    this.put(task, best);
    return true;
  }

  /** To a better provider without room, from which one other task moves to its own next best place, if both together gain. */
  exchange(task: number): boolean {
    const { providers, steps } = this.#market;
    const now = this.#valueNow(task);
    for (let j = 0; j < providers; j++) {
      const gain = valueOf(this.#market, task, j) - now;
      if (gain <= 0) continue;
      for (const other of [...this.#members[j]]) {
        if (other === task || !this.#overlap(task, other)) continue;
        if (this.#leastFree(task, j) + steps[other] < steps[task]) continue;
        if (this.#tryExchange(task, other, j, gain)) return true;
      }
    }
    return false;
  }

  #tryExchange(task: number, other: number, provider: number, gain: number): boolean {
    const from = this.provider[task];
    const given = valueOf(this.#market, other, provider);
    this.#remove(task);
    this.#remove(other);
    if (this.fits(task, provider)) {
      this.put(task, provider);
      const next = this.#bestWithRoom(other, 0);
      const kept = next === NOWHERE ? 0 : valueOf(this.#market, other, next);
      if (gain + kept - given > 1e-12) {
        if (next !== NOWHERE) this.put(other, next);
        return true;
      }
      this.#remove(task);
    }
    this.put(other, provider);
    if (from !== NOWHERE) this.put(task, from);
    return false;
  }

  #valueNow(task: number): number {
    const provider = this.provider[task];
    return provider === NOWHERE ? 0 : valueOf(this.#market, task, provider);
  }

  #bestWithRoom(task: number, above: number): number {
    let best = NOWHERE;
    let highest = above;
    for (let j = 0; j < this.#market.providers; j++) {
      const value = valueOf(this.#market, task, j);
      if (value > highest && this.fits(task, j)) [best, highest] = [j, value];
    }
    return best;
  }

  #overlap(a: number, b: number): boolean {
    const { first, last } = this.#intervals;
    return first[a] <= last[b] && first[b] <= last[a];
  }

  #leastFree(task: number, provider: number): number {
    const { first, last, peaks } = this.#intervals;
    let least = Infinity;
    for (let peak = first[task]; peak <= last[task]; peak++) {
      const free = this.#free[provider * peaks + peak];
      if (free < least) least = free;
    }
    return least;
  }

  #take(task: number, provider: number, steps: number): void {
    const { first, last, peaks } = this.#intervals;
    for (let peak = first[task]; peak <= last[task]; peak++) this.#free[provider * peaks + peak] -= steps;
  }
}
