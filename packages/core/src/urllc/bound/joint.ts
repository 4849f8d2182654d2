import { exp, log } from '../../math/index.js';
import { BarrierSolver } from '../barrier/barrier.js';
import { BlockKind, CONS, VARS } from '../barrier/blocks.js';
import { RELAX_SHARED } from '../barrier/goal.js';
import type { DeviceCosts } from './device-costs.js';
import type { Reach } from './reach.js';
import type { ScaledProblem } from '../model/scaled.js';

/** Bounds of every device's offloaded share. */
export interface ShareBox {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** The best continuous decisions found for one caching set, or the prices that show there are none. */
export interface JointPoint {
  readonly feasible: boolean;
  /** Total time, ms; ∞ if infeasible. */
  readonly totalMs: number;
  readonly set: Uint8Array;
  /** `[devices × 5]` (x, ln r, ln f, ln b, ln p); a cached device has only ln f. */
  readonly point: Float64Array;
  /** `[devices × 3]` multipliers of deadline (per ms), energy (per mJ), rate (per ms); of ζ if infeasible. */
  readonly multipliers: Float64Array;
  /** Prices of the shared limits, per share and per GHz; of ζ if infeasible. */
  readonly lambda: number;
  readonly mu: number;
  readonly iterations: number;
}

const RELAX_ALL = 0b111 | RELAX_SHARED;
/** Energy of a starting point at most, in budgets. */
const START_EXCESS = 10;

/** Where a search for a feasible point begins: from equal shares; from what each device can do alone, at any use, or at little. */
const STARTS = ['equal', 'thrift', 'reach'] as const;

/** Solves problem (6) for a given caching set: everything continuous at once. */
export class JointSolver {
  readonly #barrier: BarrierSolver;
  #thrifty: Float64Array | undefined;

  constructor(
    readonly problem: ScaledProblem,
    readonly reach: Reach,
    readonly costs: DeviceCosts,
  ) {
    this.#barrier = new BarrierSolver(problem, problem.count);
  }

  /**
   * @param box bounds of the offloaded shares; a device whose bounds coincide has its share held
   * @param tolerance duality gap relative to the total
   */
  solve(set: Uint8Array, box: ShareBox | null = null, tolerance = 1e-8): JointPoint {
    const bandLimit = this.bandLimit(set);
    if (bandLimit > 0) {
      for (const start of STARTS) {
        const found = this.#attempt(set, box, bandLimit, tolerance, start);
        if (found !== null) return found;
      }
    }
    return this.#capture(set, false);
  }

  /** Points tried × devices since the beginning. */
  get work(): number {
    return this.#barrier.work;
  }

  /** What cached devices leave of the band: all of it, unless (6d) binds them too. */
  bandLimit(set: Uint8Array): number {
    if (!this.problem.rminAll) return 1;
    let limit = 1;
    for (let m = 0; m < set.length; m++) if (set[m]) limit -= this.reach.leastBand[m];
    return limit;
  }

  #attempt(
    set: Uint8Array,
    box: ShareBox | null,
    bandLimit: number,
    tolerance: number,
    start: (typeof STARTS)[number],
  ): JointPoint | null {
    const barrier = this.#barrier;
    const { blocks } = barrier;
    this.#place(set, box, bandLimit);
    if (start === 'reach') this.#placeFrom(this.reach.interior);
    if (start === 'thrift') this.#placeFrom(this.#thriftyPoints());
    const goal = {
      omega: 1,
      lambda: 0,
      mu: 0,
      coupled: true,
      bandLimit,
      relax: 0,
      zeta: 0,
      stopBelow: 0,
      tolerance,
    };
    let spent = 0;
    if (!this.#inside(bandLimit)) {
      let zeta = 0.5;
      while (zeta < 1e12 && !this.#inside(bandLimit, zeta)) zeta *= 2;
      barrier.solve({
        ...goal,
        omega: 0,
        relax: RELAX_ALL,
        zeta: 1.2 * zeta,
        stopBelow: -0.02,
        tolerance: 1e-7,
      });
      spent = barrier.iterations;
      if (!this.#inside(bandLimit)) return null;
    }
    const done = barrier.solve(goal);
    barrier.iterations += spent;
    if (!done && !blocks.evaluate(0, 0)) return null;
    return this.#capture(set, true);
  }

  #inside(bandLimit: number, zeta = 0): boolean {
    const { blocks } = this.#barrier;
    if (!blocks.evaluate(zeta > 0 ? RELAX_ALL : 0, zeta)) return false;
    let band = 0;
    let cycles = 0;
    for (let block = 0; block < blocks.count; block++) {
      band += blocks.band[block];
      cycles += blocks.cycles[block];
    }
    return band < bandLimit + zeta && cycles < this.problem.edgeRate * (1 + zeta);
  }

  /** Blocks and a plausible interior start: equal shares of band and edge, half of every task offloaded. */
  #place(set: Uint8Array, box: ShareBox | null, bandLimit: number): void {
    const { problem } = this;
    const { blocks } = this.#barrier;
    const { count } = problem;
    blocks.count = 0;
    let users = 0;
    let load = 0;
    const low = (m: number) => (box === null ? 0 : box.low[m]);
    const high = (m: number) => (box === null ? 1 : box.high[m]);
    for (let m = 0; m < count; m++) {
      if (!set[m]) users++;
      load += set[m] ? 1 : 0.5 * (low(m) + high(m));
    }
    const edgeStart = log(0.9 * Math.min(problem.edgeRate, problem.edgeRate / Math.max(load, 1e-3)));
    const bandStart = log((0.9 * bandLimit) / Math.max(1, users));
    for (let m = 0; m < count; m++) {
      const held = low(m) === high(m);
      const kind = set[m] ? BlockKind.cached : held ? BlockKind.held : BlockKind.free;
      const block = blocks.push(m, kind, low(m), high(m));
      const at = block * VARS;
      const share = 0.5 * (low(m) + high(m));
      blocks.v[at] = share;
      blocks.v[at + 2] = edgeStart;
      if (set[m]) {
        const least = problem.work[m] / (problem.edgeYield * problem.deadline[m]);
        if (least < problem.edgeRate) {
          blocks.v[at + 2] = Math.max(
            edgeStart,
            log(Math.min(1.1 * least, 0.5 * (least + problem.edgeRate))),
          );
        }
        continue;
      }
      const store = problem.localEnergy[m] / (problem.work[m] * problem.work[m]);
      const fit = Math.sqrt((0.5 * problem.energy[m]) / (store * Math.max(1 - share, 1e-6)));
      blocks.v[at + 1] = log(0.9 * Math.min(problem.localRate[m], fit));
      blocks.v[at + 3] = bandStart;
      blocks.v[at + 4] = problem.logPower[m] - 0.1;
      while (blocks.v[at + 3] < -0.05 && !blocks.link.evaluate(m, blocks.v[at + 3], blocks.v[at + 4])) {
        blocks.v[at + 3] = Math.min(-0.01, blocks.v[at + 3] + 0.5);
        blocks.v[at + 4] = problem.logPower[m] - 0.01;
      }
      this.#lowerPower(m, at);
    }
  }

  /** From a power that takes many times the energy budget the search for a feasible point stalls: start with less. */
  #lowerPower(m: number, at: number): void {
    const { link, v } = this.#barrier.blocks;
    const allowed = START_EXCESS * this.problem.energy[m];
    let power = v[at + 4];
    while (link.evaluate(m, v[at + 3], power)) {
      v[at + 4] = power;
      if (v[at] * exp(power) * link.time <= allowed) break;
      power -= 0.2;
    }
  }

  /** Points of every device alone that take little of band and edge server; found once. */
  #thriftyPoints(): Float64Array {
    if (this.#thrifty !== undefined) return this.#thrifty;
    const { count, edgeRate } = this.problem;
    const points = this.reach.interior.slice();
    for (let m = 0; m < count; m++) {
      if (this.reach.uncached[m]) this.costs.thrifty(m, 1, 1 / edgeRate, points, m * VARS);
    }
    this.#thrifty = points;
    return points;
  }

  /** Starts every transmitting device from a feasible point of its own, whatever that takes of the shared limits. */
  #placeFrom(interior: Float64Array): void {
    const { blocks } = this.#barrier;
    for (let block = 0; block < blocks.count; block++) {
      const from = blocks.device[block] * VARS;
      const share = interior[from];
      if (blocks.kind[block] !== BlockKind.free) continue;
      if (share <= blocks.low[block] || share >= blocks.high[block]) continue;
      for (let i = 0; i < VARS; i++) blocks.v[block * VARS + i] = interior[from + i];
    }
  }

  #capture(set: Uint8Array, feasible: boolean): JointPoint {
    const { problem } = this;
    const barrier = this.#barrier;
    const { blocks } = barrier;
    const { count } = problem;
    const point = new Float64Array(count * VARS);
    const multipliers = new Float64Array(count * 3);
    for (let block = 0; block < blocks.count; block++) {
      const m = blocks.device[block];
      for (let i = 0; i < VARS; i++) point[m * VARS + i] = blocks.v[block * VARS + i];
      const s = block * CONS;
      multipliers[m * 3] = blocks.z[s] / problem.deadline[m];
      if (set[m]) continue;
      multipliers[m * 3 + 1] = blocks.z[s + 1] / problem.energy[m];
      multipliers[m * 3 + 2] = problem.slowest[m] < Infinity ? blocks.z[s + 2] / problem.slowest[m] : 0;
    }
    return {
      feasible,
      totalMs: feasible ? barrier.totalTime() : Infinity,
      set: set.slice(),
      point,
      multipliers,
      lambda: barrier.lambda,
      mu: barrier.mu,
      iterations: barrier.iterations,
    };
  }
}
