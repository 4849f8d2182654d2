import { InfeasibleError } from '../../errors/index.js';
import { exp, log } from '../../math/index.js';
import { RandomStream } from '../../random/index.js';
import { AirCost } from '../model/air-cost.js';
import { VARS } from '../barrier/blocks.js';
import { DeviceCosts } from '../bound/device-costs.js';
import { throwIfDevicesInfeasible } from './infeasible.js';
import type { UrllcInstance } from '../model/instance.js';
import { JointSolver, type JointPoint } from '../bound/joint.js';
import { Link } from '../model/link.js';
import { reachOf, type Reach } from '../bound/reach.js';
import { scaleInstance, type ScaledProblem } from '../model/scaled.js';
import { decisionsOf, deviceSolutions, type UrllcSolution } from './solution.js';
import { defaultClock, solveOptimal } from './solve.js';

/** Options of {@link solveAlternating}. */
export interface AlternatingOptions {
  /** `ao-strict` keeps (6f) in the caching step with the edge rates frozen, `ao` leaves it to the resource step. */
  readonly method?: 'ao' | 'ao-strict' | undefined;
  /** Which start: 0 caches only what has to be and offloads one half of everything, others are drawn. */
  readonly start?: number | undefined;
  readonly robust?: boolean | undefined;
  /** A known lower bound in ms; by default the certified solver is asked for one. */
  readonly lowerBoundMs?: number | undefined;
  readonly now?: (() => number) | undefined;
}

/** Paper 003, algorithm 1. */
const TOLERANCE = 1e-3;
const MAX_ITERATIONS = 20;
const MAX_STARTS = 20;

/**
 * The alternating optimisation of paper 003 (algorithm 1): caching by descending latency (SP1), offloaded shares by a
 * linear program (SP2), band, powers and rates (SP3), until the total changes by less than 1e-3.
 *
 * **Deviation**: SP3 is solved to its optimum (with α and s held it is a geometric program) where the paper takes one
 * convex approximation per iteration; that can only be better. The best iterate is returned: a relaxed caching step can
 * raise the total.
 *
 * @throws InfeasibleError if the instance has no solution, or none from this start
 */
export function solveAlternating(instance: UrllcInstance, options: AlternatingOptions = {}): UrllcSolution {
  const { method = 'ao', start = 0, robust = false, now = defaultClock } = options;
  const began = now();
  const problem = scaleInstance(instance, robust);
  const reach = reachOf(problem);
  throwIfDevicesInfeasible(problem, reach);
  const run = new Alternation(problem, reach, method === 'ao-strict');
  const { best, rounds } = run.run(start);
  const seconds = (now() - began) / 1e3;
  if (best === null) {
    // Either there is no solution at all, which the certified solver then says, or this start is at fault.
    solveOptimal(instance, { robust });
    throw new InfeasibleError(`the alternating optimisation found no feasible start (start ${start})`, {
      status: 'infeasible',
      constraint: 'start',
      device: null,
      scope: 'the caching sets tried',
    });
  }
  const { decisions, evaluation } = decisionsOf(instance, reach, best, robust);
  const bound = options.lowerBoundMs ?? solveOptimal(instance, { robust }).lowerBoundMs;
  const lowerBoundMs = Math.min(bound, evaluation.totalMs);
  return {
    method,
    status: 'feasible',
    totalMs: evaluation.totalMs,
    lowerBoundMs,
    gap: 1 - lowerBoundMs / evaluation.totalMs,
    cached: decisions.flatMap((decision, m) => (decision.cached ? [m] : [])),
    ue: deviceSolutions(decisions, evaluation),
    prices: { bandwidth: best.lambda, edgeCycles: best.mu, cache: 0 },
    iterations: rounds,
    seconds,
  };
}

/** One run of algorithm 1 on a scaled problem. */
class Alternation {
  readonly #joint: JointSolver;
  readonly #link: Link;
  readonly #air: AirCost;
  /** `[devices × 5]` the present point; a cached device keeps what it had when it last transmitted. */
  readonly #point: Float64Array;
  #set: Uint8Array;
  readonly #shares: Float64Array;

  constructor(
    readonly problem: ScaledProblem,
    readonly reach: Reach,
    readonly strict: boolean,
  ) {
    this.#joint = new JointSolver(problem, reach, new DeviceCosts(problem, reach.interior));
    this.#link = new Link(problem);
    this.#air = new AirCost(problem);
    this.#point = new Float64Array(problem.count * VARS);
    this.#set = new Uint8Array(problem.count);
    this.#shares = new Float64Array(problem.count);
  }

  run(start: number): { best: JointPoint | null; rounds: number } {
    let current = this.#firstPoint(start);
    let best = current;
    let rounds = 0;
    while (current !== null && rounds < MAX_ITERATIONS) {
      rounds++;
      const set = this.#cachingStep(current);
      this.#offloadingStep(set);
      const next = this.#resourceStep(set);
      if (!next.feasible) break;
      this.#keep(next);
      const change: number = Math.abs(next.totalMs - current.totalMs);
      current = next;
      if (best === null || next.totalMs < best.totalMs) best = next;
      if (change < TOLERANCE) break;
    }
    return { best, rounds };
  }

  /** A feasible starting point; null if none is found in a few draws. */
  #firstPoint(start: number): JointPoint | null {
    const { problem, reach } = this;
    const { count } = problem;
    for (let draw = 0; draw < MAX_STARTS; draw++) {
      const random = new RandomStream(start, 'urllc-alternating', draw);
      const drawn = start > 0 || draw > 0;
      const set = new Uint8Array(count);
      let room = problem.capacityBits;
      for (let m = 0; m < count; m++) {
        this.#shares[m] = drawn ? 0.05 + 0.9 * random.uniform() : 0.5;
        if (!reach.uncached[m]) {
          set[m] = 1;
          room -= problem.sizeBits[m];
        }
      }
      if (drawn) {
        for (const m of random.shuffle(Array.from({ length: count }, (_, index) => index))) {
          if (set[m] || !reach.cached[m] || problem.sizeBits[m] > room) continue;
          set[m] = 1;
          room -= problem.sizeBits[m];
        }
      }
      this.#place();
      const point = this.#resourceStep(set);
      if (!point.feasible) continue;
      this.#keep(point);
      return point;
    }
    return null;
  }

  /** Equal shares of everything, for devices that start cached. */
  #place(): void {
    const { problem } = this;
    const { count } = problem;
    for (let m = 0; m < count; m++) {
      const at = m * VARS;
      const store = problem.localEnergy[m] / (problem.work[m] * problem.work[m]);
      const fit = Math.sqrt(problem.energy[m] / store);
      this.#point[at] = this.#shares[m];
      this.#point[at + 1] = log(Math.min(problem.localRate[m], fit));
      this.#point[at + 2] = log(problem.edgeRate / count);
      this.#point[at + 3] = -log(count);
      this.#point[at + 4] = problem.logPower[m];
    }
  }

  /**
   * SP1: the longest latencies are cached first, while (6g) holds. In strict mode rates and bands are frozen, (6b) and
   * (6f) hold as well, and what is cached stays so. In relaxed mode a device's latency is what it would have if it
   * transmitted with the band and the rates worth their prices, so that cached devices and others are compared alike.
   */
  #cachingStep(prices: JointPoint): Uint8Array {
    const { problem, reach } = this;
    const { count } = problem;
    const set = new Uint8Array(count);
    let room = problem.capacityBits;
    let cycles = problem.edgeRate * (1 + 1e-9);
    const latency = new Float64Array(count);
    for (let m = 0; m < count; m++) {
      const kept = !reach.uncached[m] || (this.strict && this.#set[m] === 1);
      // With its band given away a cached device could not transmit: in strict mode it stays cached.
      latency[m] = kept ? Infinity : this.strict ? this.#latency(m) : this.#latencyAtPrices(m, prices);
      cycles -= (this.#set[m] && this.strict ? 1 : this.#shares[m]) * exp(this.#point[m * VARS + 2]);
    }
    const order = Array.from({ length: count }, (_, m) => m).sort((a, b) =>
      latency[b] > latency[a] ? 1 : latency[b] < latency[a] ? -1 : a - b,
    );
    for (const m of order) {
      if (!reach.cached[m] || problem.sizeBits[m] > room) continue;
      const rate = exp(this.#point[m * VARS + 2]);
      if (this.strict && this.#set[m] === 0) {
        const more = (1 - this.#shares[m]) * rate;
        const time = problem.work[m] / (problem.edgeYield * rate);
        if (more > cycles || time > problem.deadline[m]) continue;
        cycles -= more;
      }
      set[m] = 1;
      room -= problem.sizeBits[m];
    }
    return set;
  }

  #latencyAtPrices(m: number, { lambda, mu }: JointPoint): number {
    const { problem } = this;
    this.#air.cost(m, 1, 0, lambda);
    this.#link.evaluate(m, this.#air.y, this.#air.z);
    const reach = problem.work[m] / problem.edgeYield;
    const edge = Math.max(reach / problem.edgeRate, Math.sqrt(reach * mu));
    return this.#link.time + Math.min(edge, problem.work[m] / problem.localRate[m]);
  }

  /** t_m of SP1 at the present point, ms. */
  #latency(m: number): number {
    const at = m * VARS;
    const x = this.#shares[m];
    this.#link.evaluate(m, this.#point[at + 3], this.#point[at + 4]);
    return (
      ((1 - x) * this.problem.work[m]) / exp(this.#point[at + 1]) +
      (x * this.problem.work[m]) / (this.problem.edgeYield * exp(this.#point[at + 2])) +
      this.#link.time
    );
  }

  /**
   * SP2: shares x = 1 − α by a linear program with one shared constraint, hence greedily: the largest saving per edge
   * cycle first, between the bounds that deadline and energy leave.
   */
  #offloadingStep(set: Uint8Array): void {
    const { problem } = this;
    const { count } = problem;
    let cycles = problem.edgeRate;
    for (let m = 0; m < count; m++) if (set[m]) cycles -= exp(this.#point[m * VARS + 2]);
    const offers: { m: number; high: number; saving: number; rate: number }[] = [];
    const shares = this.#shares.slice();
    for (let m = 0; m < count; m++) {
      if (set[m]) continue;
      const offer = this.#shareRange(m);
      if (offer === null) return;
      shares[m] = offer.low;
      cycles -= offer.low * offer.rate;
      if (offer.saving > 0) offers.push({ m, ...offer });
    }
    if (cycles < 0) return;
    offers.sort((a, b) => b.saving / b.rate - a.saving / a.rate || a.m - b.m);
    for (const { m, high, rate } of offers) {
      const more = Math.min(high - shares[m], cycles / rate);
      shares[m] += more;
      cycles -= more * rate;
    }
    this.#shares.set(shares);
  }

  /** Bounds of x at frozen rates, saving per unit of x (ms) and edge rate; null if the frozen rates leave none. */
  #shareRange(m: number): { low: number; high: number; saving: number; rate: number } | null {
    const { problem } = this;
    const at = m * VARS;
    const localRate = exp(this.#point[at + 1]);
    const rate = exp(this.#point[at + 2]);
    this.#link.evaluate(m, this.#point[at + 3], this.#point[at + 4]);
    const local = problem.work[m] / localRate;
    const edge = problem.work[m] / (problem.edgeYield * rate);
    const air = this.#link.time;
    const energyLocal = problem.localEnergy[m] / (local * local);
    const energyAir = exp(this.#point[at + 4]) * air;
    let low = 0;
    let high = 1;
    const bind = (slope: number, room: number) => {
      if (slope > 0) high = Math.min(high, room / slope);
      else if (slope < 0) low = Math.max(low, room / slope);
    };
    bind(edge - local, problem.deadline[m] - air - local);
    bind(energyAir - energyLocal, problem.energy[m] - energyLocal);
    return low <= high ? { low, high, saving: local - edge, rate } : null;
  }

  /** SP3: band, powers and rates at held shares. */
  #resourceStep(set: Uint8Array): JointPoint {
    return this.#joint.solve(set, { low: this.#shares, high: this.#shares }, 1e-7);
  }

  #keep(point: JointPoint): void {
    this.#set = point.set;
    for (let m = 0; m < point.set.length; m++) {
      const at = m * VARS;
      if (point.set[m]) this.#point[at + 2] = point.point[at + 2];
      else this.#point.set(point.point.subarray(at, at + VARS), at);
    }
  }
}
