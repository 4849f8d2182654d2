import { exp, log } from '../../math/index.js';
import { AirCost } from '../model/air-cost.js';
import { BarrierSolver } from '../barrier/barrier.js';
import { BlockKind, VARS } from '../barrier/blocks.js';
import type { ScaledProblem } from '../model/scaled.js';

const MAX_PIECES = 12;

/** Multipliers of a device's own limits: deadline (ms/ms), energy (ms/mJ), least rate (ms/ms of transmission). */
export interface DeviceMultipliers {
  deadline: number;
  energy: number;
  rate: number;
}

/** Duality gap, relative to the use, at which a thrifty point is taken: far enough from the limits to start from. */
const ROOM = 0.05;

/**
 * What one device costs at given prices, min ω·T + λ·b + μ·u over everything it decides, cached or not.
 *
 * The cached cost is a closed form. The other is first taken without the device's limits, where it is closed but for one
 * Newton search; if that minimiser keeps the limits it is exact. Otherwise the device's Lagrangian bounds it from below:
 * at any multipliers it is concave in x, so its minimum over an interval lies at an end, and over intervals of shrinking
 * length the best multipliers close the gap (with x held the problem is convex in logarithms).
 */
export class DeviceCosts {
  readonly air: AirCost;
  /** Offloaded share of the best point that the last {@link uncached} met; NaN if it met none. */
  share = NaN;
  readonly #single: BarrierSolver;
  readonly #multipliers: DeviceMultipliers = { deadline: 0, energy: 0, rate: 0 };

  /**
   * @param interior `[devices × 5]` a strictly feasible point of each device at the whole band and the whole edge rate
   */
  constructor(
    readonly problem: ScaledProblem,
    readonly interior: Float64Array,
  ) {
    this.air = new AirCost(problem);
    this.#single = new BarrierSolver(problem, 1);
  }

  /** Points tried × devices since the beginning. */
  get work(): number {
    return this.#single.work;
  }

  /**
   * A point of little λ·b + μ·u that keeps the device's own limits with room to spare, into `out[at …]`.
   *
   * @returns whether one was found
   */
  thrifty(device: number, lambda: number, mu: number, out: Float64Array, at: number): boolean {
    this.uncached(device, 0, lambda, mu, ROOM * mu * this.problem.edgeRate);
    const near = this.share;
    if (!(near >= 0)) return false;
    const [low, high] = [Math.max(0, near - ROOM), Math.min(1, near + ROOM)];
    if (this.#local(device, low, high, 0, lambda, mu, ROOM) === Infinity) return false;
    for (let i = 0; i < VARS; i++) out[at + i] = this.#single.blocks.v[i];
    return true;
  }

  /** Cost of the device if cached: min ω·C/(f d) + μ·f; ∞ if the deadline cannot be met. Excludes band for rminAll. */
  cached(device: number, omega: number, mu: number): number {
    const { work, edgeYield, edgeRate, deadline } = this.problem;
    const reach = work[device] / edgeYield;
    const least = reach / deadline[device];
    if (least > edgeRate * (1 + 1e-12)) return Infinity;
    const wished = mu > 0 ? Math.sqrt((omega * reach) / mu) : edgeRate;
    const rate = Math.min(edgeRate, Math.max(least, wished));
    return (omega * reach) / rate + mu * rate;
  }

  /**
   * A lower bound of the device's cost if not cached and offloading a share in [low, high], tight to `tolerance`
   * wherever the pieces allow; `share` then is that of the best point known.
   *
   * @param hint multipliers to try first, with the value of the feasible point they belong to
   */
  uncached(
    device: number,
    omega: number,
    lambda: number,
    mu: number,
    tolerance: number,
    hint?: DeviceMultipliers,
    hintValue = Infinity,
    low = 0,
    high = 1,
  ): number {
    this.share = NaN;
    if (omega > 0) {
      const free = this.#withoutLimits(device, omega, lambda, mu, low, high);
      if (free === free) return free;
    }
    if (hint !== undefined) {
      const bound = this.lagrangian(device, low, high, omega, lambda, mu, hint);
      if (bound >= hintValue - tolerance) return bound;
    }
    return this.#byPieces(device, omega, lambda, mu, tolerance, hint, low, high);
  }

  /** The minimum without the device's limits if its minimiser keeps them, else NaN. */
  #withoutLimits(
    device: number,
    omega: number,
    lambda: number,
    mu: number,
    low: number,
    high: number,
  ): number {
    const { problem } = this;
    const value = this.air.cost(device, omega, 0, lambda);
    if (value === Infinity) return Infinity;
    const time = this.air.link.rate(device, this.air.y, this.air.z);
    const air = problem.size[device] / time;
    const reach = problem.work[device] / problem.edgeYield;
    const rate = mu > 0 ? Math.min(problem.edgeRate, Math.sqrt((omega * reach) / mu)) : problem.edgeRate;
    const edge = (omega * reach) / rate + mu * rate;
    const local = problem.work[device] / problem.localRate[device];
    const x = edge <= omega * local ? high : low;
    const total = air + x * (reach / rate) + (1 - x) * local;
    const energy =
      x * problem.power[device] * air + ((1 - x) * problem.localEnergy[device]) / (local * local);
    if (total > problem.deadline[device] || energy > problem.energy[device]) return NaN;
    if (air > problem.slowest[device]) return NaN;
    this.share = x;
    return value + x * edge + (1 - x) * omega * local;
  }

  /**
   * Lagrangian bound over x in [low, high]: min over x of (1 − x)·A + x·B + Φ(ω + ν + ρ, η·x) − ν·Tmax − η·Emax − ρ·t_R,
   * concave in x. Valid at any multipliers ≥ 0.
   */
  lagrangian(
    device: number,
    low: number,
    high: number,
    omega: number,
    lambda: number,
    mu: number,
    { deadline, energy, rate }: DeviceMultipliers,
  ): number {
    const { problem } = this;
    const work = problem.work[device];
    const time = omega + deadline;
    // r minimises time·C/r + η·κ'·r², κ' = localEnergy/C²
    const store = problem.localEnergy[device] / (work * work);
    const cube = energy * store > 0 ? (time * work) / (2 * energy * store) : Infinity;
    const wished = cube === Infinity ? Infinity : cube === 0 ? 0 : exp(log(cube) / 3);
    const localRate = Math.min(problem.localRate[device], wished);
    const local = time > 0 ? (time * work) / localRate + energy * store * localRate * localRate : 0;
    const reach = work / problem.edgeYield;
    const edgeRate = mu > 0 ? Math.min(problem.edgeRate, Math.sqrt((time * reach) / mu)) : problem.edgeRate;
    const edge = time > 0 ? (time * reach) / edgeRate + mu * edgeRate : 0;
    const fixed =
      -deadline * problem.deadline[device] -
      energy * problem.energy[device] -
      (rate > 0 ? rate * problem.slowest[device] : 0);
    const at = (x: number) =>
      (1 - x) * local +
      x * edge +
      (time + rate > 0 ? this.air.cost(device, time + rate, energy * x, lambda) : 0);
    return fixed + Math.min(at(low), at(high));
  }

  #byPieces(
    device: number,
    omega: number,
    lambda: number,
    mu: number,
    tolerance: number,
    hint: DeviceMultipliers | undefined,
    from: number,
    to: number,
  ): number {
    if (!(this.interior[device * VARS] > 0)) return Infinity;
    let upper = this.#local(device, from, to, omega, lambda, mu);
    if (upper < Infinity) this.share = this.#single.blocks.v[0];
    const whole = this.#pieceBound(device, from, to, upper, omega, lambda, mu);
    const hinted =
      hint === undefined ? -Infinity : this.lagrangian(device, from, to, omega, lambda, mu, hint);
    const pieces = [{ low: from, high: to, bound: Math.max(whole, hinted, 0) }];
    for (let count = 0; count < MAX_PIECES; count++) {
      pieces.sort((a, b) => a.bound - b.bound);
      const worst = pieces[0];
      if (worst.bound >= upper - tolerance) break;
      pieces.shift();
      const middle = 0.5 * (worst.low + worst.high);
      for (const [low, high] of [
        [worst.low, middle],
        [middle, worst.high],
      ]) {
        const value = this.#local(device, low, high, omega, lambda, mu);
        if (value < upper) {
          upper = value;
          this.share = this.#single.blocks.v[0];
        }
        pieces.push({
          low,
          high,
          bound: Math.max(worst.bound, this.#pieceBound(device, low, high, value, omega, lambda, mu)),
        });
      }
    }
    return pieces.reduce((least, piece) => Math.min(least, piece.bound), upper);
  }

  /** Bound over a piece by the multipliers just found; ∞ if those show that no feasible point has its x there. */
  #pieceBound(
    device: number,
    low: number,
    high: number,
    value: number,
    omega: number,
    lambda: number,
    mu: number,
  ): number {
    if (value < Infinity) return this.lagrangian(device, low, high, omega, lambda, mu, this.#multipliers);
    return this.lagrangian(device, low, high, 0, 0, 0, this.#multipliers) > 1e-9 ? Infinity : -Infinity;
  }

  /**
   * A local minimum of the device's own problem with x in [low, high], and its multipliers; ∞ if no feasible point was
   * found there.
   */
  #local(
    device: number,
    low: number,
    high: number,
    omega: number,
    lambda: number,
    mu: number,
    tolerance = 1e-9,
  ): number {
    const solver = this.#single;
    const { blocks } = solver;
    blocks.count = 0;
    blocks.push(device, BlockKind.free, low, high);
    const goal = {
      omega,
      lambda,
      mu,
      coupled: false,
      bandLimit: 1,
      relax: 0,
      zeta: 0,
      stopBelow: 0,
      tolerance,
    };
    for (let i = 0; i < VARS; i++) blocks.v[i] = this.interior[device * VARS + i];
    if (blocks.v[0] <= low || blocks.v[0] >= high) {
      blocks.v[0] = 0.5 * (low + high);
      if (!this.#makeFeasible()) {
        this.#keepMultipliers(device);
        return Infinity;
      }
    }
    if (!solver.solve(goal)) {
      this.#multipliers.deadline = this.#multipliers.energy = this.#multipliers.rate = 0;
      return Infinity;
    }
    this.#keepMultipliers(device);
    return omega * blocks.total[0] + lambda * blocks.band[0] + mu * blocks.cycles[0];
  }

  #keepMultipliers(device: number): void {
    const { blocks } = this.#single;
    this.#multipliers.deadline = blocks.z[0] / this.problem.deadline[device];
    this.#multipliers.energy = blocks.z[1] / this.problem.energy[device];
    this.#multipliers.rate = blocks.conMask[0] & 4 ? blocks.z[2] / this.problem.slowest[device] : 0;
  }

  #makeFeasible(): boolean {
    const solver = this.#single;
    const { blocks } = solver;
    if (blocks.evaluate(0, 0)) return true;
    this.#saveEnergy();
    if (blocks.evaluate(0, 0)) return true;
    let zeta = 1;
    while (zeta < 1e12 && !blocks.evaluate(7, zeta)) zeta *= 4;
    const goal = {
      omega: 0,
      lambda: 0,
      mu: 0,
      coupled: false,
      bandLimit: 1,
      relax: 7,
      zeta: 1.5 * zeta,
      stopBelow: -0.01,
      tolerance: 1e-8,
    };
    solver.solve(goal);
    return blocks.evaluate(0, 0);
  }

  /**
   * Lowers the power, and the local rate, until each takes at most 0.45 of the energy budget: from a power a thousand
   * times too high the search for a feasible point stalls.
   */
  #saveEnergy(): void {
    const { problem } = this;
    const { blocks } = this.#single;
    const { link, v } = blocks;
    const device = blocks.device[0];
    const budget = 0.45 * problem.energy[device];
    const store = problem.localEnergy[device] / (problem.work[device] * problem.work[device]);
    v[1] = Math.min(v[1], 0.5 * log(budget / (store * (1 - v[0]))));
    let power = v[4];
    while (link.evaluate(device, v[3], power)) {
      v[4] = power;
      if (v[0] * exp(power) * link.time <= budget) break;
      power -= 0.2;
    }
  }
}
