import { exp, log } from '../../math/index.js';
import { Link } from '../model/link.js';
import type { ScaledProblem } from '../model/scaled.js';

/** Variables of a block: offloaded share x, ln r (real local rate), ln f (edge rate), y = ln b, z = ln p. */
export const VARS = 5;
/** Constraints of a block: three curved ones (deadline, energy, rate), then bounds of single variables. */
export const CONS = 9;
export const CURVED = 3;

export const Constraint = {
  deadline: 0,
  energy: 1,
  rate: 2,
  localRate: 3,
  edgeRate: 4,
  power: 5,
  shareLow: 6,
  shareHigh: 7,
  band: 8,
} as const;

/** Which variable a bound holds (constraints 3-8), and whether from above (+1) or below (−1). */
export const BOUND_VARIABLE = [1, 2, 4, 0, 0, 3] as const;
export const BOUND_SIGN = [1, 1, 1, -1, 1, 1] as const;

/** What a block stands for: a transmitting device with its share free, or held, or a cached one. */
export const BlockKind = { free: 0, held: 1, cached: 2 } as const;

const ALL_VARS = 0b11111;
const ALL_CONS = 0b111111111;

/**
 * The separable part of the barrier problem: per device its times, resources, constraint slacks and their derivatives, in
 * (x, ln r, ln f, ln b, ln p). With x held, every term is convex in these logarithms.
 *
 * Constraints as slack > 0, with ζ = 0 except where `relax` says so: 0 T/Tmax ≤ 1 + ζ, 1 E/Emax ≤ 1 + ζ,
 * 2 t ≤ (D/Rmin)(1 + ζ), 3 r ≤ F_ue(1 − devUe), 4 f ≤ F_es, 5 p ≤ Pmax, 6-7 bounds of x, 8 b ≤ 1.
 */
export class BarrierBlocks {
  count = 0;
  readonly device: Int32Array;
  readonly kind: Uint8Array;
  readonly varMask: Uint8Array;
  readonly conMask: Uint16Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** `[blocks × 5]` */
  readonly v: Float64Array;
  /** `[blocks × 9]` slacks and multipliers. */
  readonly slack: Float64Array;
  readonly z: Float64Array;
  /** Per block: total time and transmission time (ms), band share, edge cycles used (GHz). */
  readonly total: Float64Array;
  readonly air: Float64Array;
  readonly band: Float64Array;
  readonly cycles: Float64Array;
  /** `[blocks × 15]` gradients of T (ms), E/Emax, t·Rmin/D; entries of variables out of play are 0. */
  readonly grad: Float64Array;
  /** `[blocks × 14]` second derivatives, see {@link Curve}. */
  readonly curve: Float64Array;
  readonly link: Link;
  readonly logLocal: Float64Array;
  readonly logEdge: number;

  constructor(
    readonly problem: ScaledProblem,
    capacity: number,
  ) {
    this.device = new Int32Array(capacity);
    this.kind = new Uint8Array(capacity);
    this.varMask = new Uint8Array(capacity);
    this.conMask = new Uint16Array(capacity);
    this.low = new Float64Array(capacity);
    this.high = new Float64Array(capacity);
    this.v = new Float64Array(capacity * VARS);
    this.slack = new Float64Array(capacity * CONS);
    this.z = new Float64Array(capacity * CONS);
    this.total = new Float64Array(capacity);
    this.air = new Float64Array(capacity);
    this.band = new Float64Array(capacity);
    this.cycles = new Float64Array(capacity);
    this.grad = new Float64Array(capacity * 15);
    this.curve = new Float64Array(capacity * 14);
    this.link = new Link(problem);
    this.logLocal = problem.localRate.map((rate) => log(rate));
    this.logEdge = log(problem.edgeRate);
  }

  /**
   * Appends a block; its `v` is for the caller to fill.
   *
   * @param low lower bound of x, and its value if the share is held
   * @param drop mask of constraints left out
   */
  push(device: number, kind: number, low = 0, high = 1, drop = 0): number {
    const block = this.count++;
    this.device[block] = device;
    this.kind[block] = kind;
    this.low[block] = low;
    this.high[block] = high;
    let vars = ALL_VARS;
    let cons = ALL_CONS;
    if (kind === BlockKind.cached) {
      vars = 0b00100;
      cons = (1 << Constraint.deadline) | (1 << Constraint.edgeRate);
    } else {
      if (this.problem.slowest[device] === Infinity) cons &= ~(1 << Constraint.rate);
      if (kind === BlockKind.held) {
        vars = 0b11110;
        cons &= ~((1 << Constraint.shareLow) | (1 << Constraint.shareHigh));
        // A rate at which nothing is processed is out of play.
        if (low >= 1) {
          vars &= ~0b00010;
          cons &= ~(1 << Constraint.localRate);
        }
        if (low <= 0) {
          vars &= ~0b00100;
          cons &= ~(1 << Constraint.edgeRate);
        }
      }
    }
    this.varMask[block] = vars;
    this.conMask[block] = cons & ~drop;
    // What the block's place held before must not reach entries that this kind leaves alone.
    this.grad.fill(0, block * 15, block * 15 + 15);
    this.curve.fill(0, block * 14, block * 14 + 14);
    this.z.fill(0, block * CONS, block * CONS + CONS);
    return block;
  }

  /**
   * Slacks, resources and derivatives at `v`.
   *
   * @param relax mask of constraints to which ζ applies
   * @returns whether every slack is positive
   */
  evaluate(relax: number, zeta: number): boolean {
    for (let block = 0; block < this.count; block++) {
      const inside =
        this.kind[block] === BlockKind.cached
          ? this.#evaluateCached(block, relax, zeta)
          : this.#evaluateUncached(block, relax, zeta);
      if (!inside) return false;
    }
    return true;
  }

  #evaluateCached(block: number, relax: number, zeta: number): boolean {
    const { problem, slack, grad } = this;
    const device = this.device[block];
    const logRate = this.v[block * VARS + 2];
    const rate = exp(logRate);
    const edge = problem.work[device] / (problem.edgeYield * rate);
    this.total[block] = edge;
    this.air[block] = 0;
    this.band[block] = 0;
    this.cycles[block] = rate;
    grad[block * 15 + 2] = -edge;
    this.curve[block * 14 + 3] = edge;
    this.curve[block * 14 + 12] = rate;
    const s = block * CONS;
    slack[s] = 1 + (relax & 1 ? zeta : 0) - edge / problem.deadline[device];
    slack[s + 4] = this.logEdge - logRate;
    return slack[s + 4] > 0 && (slack[s] > 0 || !(this.conMask[block] & 1));
  }

  #evaluateUncached(block: number, relax: number, zeta: number): boolean {
    const { problem, v, slack, grad, curve, link } = this;
    const device = this.device[block];
    const at = block * VARS;
    const x = v[at];
    if (!link.evaluate(device, v[at + 3], v[at + 4])) return false;
    const alpha = 1 - x;
    const work = problem.work[device];
    const localRate = exp(v[at + 1]);
    const edgeRate = exp(v[at + 2]);
    const power = exp(v[at + 4]);
    const localAll = work / localRate;
    const edgeAll = work / (problem.edgeYield * edgeRate);
    const local = alpha * localAll;
    const edge = x * edgeAll;
    const air = link.time;
    const q = power * air;
    const store = problem.localEnergy[device] / (localAll * localAll);
    this.air[block] = air;
    this.total[block] = local + edge + air;
    this.band[block] = exp(v[at + 3]);
    this.cycles[block] = x * edgeRate;

    const free = this.varMask[block] & 1;
    const g = block * 15;
    const perEnergy = 1 / problem.energy[device];
    const perSlowest = 1 / problem.slowest[device];
    grad[g] = free ? edgeAll - localAll : 0;
    grad[g + 1] = -local;
    grad[g + 2] = -edge;
    grad[g + 3] = link.timeY;
    grad[g + 4] = link.timeZ;
    grad[g + 5] = free ? (q - store) * perEnergy : 0;
    grad[g + 6] = 2 * alpha * store * perEnergy;
    grad[g + 8] = x * power * link.timeY * perEnergy;
    grad[g + 9] = x * (power * link.timeZ + q) * perEnergy;
    grad[g + 13] = link.timeY * perSlowest;
    grad[g + 14] = link.timeZ * perSlowest;

    const c = block * 14;
    curve[c] = free ? localAll : 0; // T: x ln r
    curve[c + 1] = free ? -edgeAll : 0; // T: x ln f
    curve[c + 2] = local; // T: ln r ln r
    curve[c + 3] = edge; // T: ln f ln f
    curve[c + 4] = link.timeYY;
    curve[c + 5] = link.timeYZ;
    curve[c + 6] = link.timeZZ;
    curve[c + 7] = -2 * store * (free ? 1 : 0); // E: x ln r
    curve[c + 8] = 4 * alpha * store; // E: ln r ln r
    curve[c + 9] = x * power * link.timeYY; // E: y y
    curve[c + 10] = x * power * (link.timeYZ + link.timeY); // E: y z
    curve[c + 11] = x * (power * (link.timeZZ + 2 * link.timeZ) + q); // E: z z
    curve[c + 12] = edgeRate; // u: x ln f; ∂u/∂x
    curve[c + 13] = store;

    const s = block * CONS;
    slack[s] = 1 + (relax & 1 ? zeta : 0) - this.total[block] / problem.deadline[device];
    slack[s + 1] = 1 + (relax & 2 ? zeta : 0) - (alpha * store + x * q) * perEnergy;
    slack[s + 2] = 1 + (relax & 4 ? zeta : 0) - air * perSlowest;
    slack[s + 3] = this.logLocal[device] - v[at + 1];
    slack[s + 4] = this.logEdge - v[at + 2];
    slack[s + 5] = problem.logPower[device] - v[at + 4];
    slack[s + 6] = x - this.low[block];
    slack[s + 7] = this.high[block] - x;
    slack[s + 8] = -v[at + 3];
    const cons = this.conMask[block];
    for (let k = 0; k < CONS; k++) if (cons & (1 << k) && !(slack[s + k] > 0)) return false;
    return true;
  }

  /**
   * Weight of a constraint's complementarity z·s = weight·target. The bounds of ln r and ln f count as much as the share
   * that is processed at that rate, so that a rate keeps its place on the way to a share of 0 instead of being driven
   * from its bound by a barrier that nothing opposes any more.
   */
  weight(block: number, c: number): number {
    if (c === Constraint.localRate) return 1 - this.v[block * VARS];
    if (c === Constraint.edgeRate && this.kind[block] !== BlockKind.cached) return this.v[block * VARS];
    return 1;
  }

  /** Adds Σ w_c·∇g_c over a block's constraints to `out[0..4]`, where w is z, or its centred value target/s. */
  addConstraintGradients(block: number, byMultiplier: boolean, target: number, out: Float64Array): void {
    const { grad, slack, z } = this;
    const cons = this.conMask[block];
    const s = block * CONS;
    const g = block * 15;
    for (let c = 0; c < CURVED; c++) {
      if (!(cons & (1 << c))) continue;
      let weight = byMultiplier ? z[s + c] : target / slack[s + c];
      if (c === 0) weight /= this.problem.deadline[this.device[block]];
      for (let i = 0; i < VARS; i++) out[i] += weight * grad[g + c * VARS + i];
    }
    for (let c = CURVED; c < CONS; c++) {
      if (!(cons & (1 << c))) continue;
      const weight = byMultiplier ? z[s + c] : (target * this.weight(block, c)) / slack[s + c];
      out[BOUND_VARIABLE[c - CURVED]] += BOUND_SIGN[c - CURVED] * weight;
    }
  }

  /** ∇g_c · step of a block's constraint c. */
  slope(block: number, c: number, step: Float64Array): number {
    const at = block * VARS;
    if (c >= CURVED) return BOUND_SIGN[c - CURVED] * step[at + BOUND_VARIABLE[c - CURVED]];
    const g = block * 15 + c * VARS;
    const { grad } = this;
    const sum =
      grad[g] * step[at] +
      grad[g + 1] * step[at + 1] +
      grad[g + 2] * step[at + 2] +
      grad[g + 3] * step[at + 3] +
      grad[g + 4] * step[at + 4];
    return c === 0 ? sum / this.problem.deadline[this.device[block]] : sum;
  }
}
