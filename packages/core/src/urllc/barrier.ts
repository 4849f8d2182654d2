import { BarrierBlocks, CONS, CURVED, VARS } from './barrier-blocks.js';
import { BlockNewton } from './barrier-newton.js';
import type { ScaledProblem } from './scaled.js';

/** What is minimised, and under which shared limits. */
export interface BarrierGoal {
  /** Weight of the total time in the objective: 1, or 0 in a search for a feasible point. */
  omega: number;
  /** Price of band, ms per share, and of edge cycles, ms per GHz, in the objective. */
  lambda: number;
  mu: number;
  /** Whether Σ b ≤ bandLimit and Σ u ≤ edgeRate hold (otherwise blocks are independent but for ζ). */
  coupled: boolean;
  bandLimit: number;
  /** Mask of block constraints relaxed by ζ, with bit 9 for the shared ones; 0 without ζ. The objective then is ζ. */
  relax: number;
  /** ζ at the start, and the value below which the search may stop at once. */
  zeta: number;
  stopBelow: number;
  /** Duality gap at which to stop, relative to the objective. */
  tolerance: number;
}

export const RELAX_SHARED = 1 << 9;

const MAX_ITERATIONS = 120;
const CENTRING = 12;
const BOUNDARY = 0.005;
const CENTRAL = 1e-3;

/**
 * Primal-dual interior-point method (Boyd and Vandenberghe, Convex Optimization, 11.7) over {@link BarrierBlocks} with
 * up to two shared constraints and one shared variable ζ: every iteration costs O(devices), as the blocks meet only in a
 * 3 × 3 system. The iterates stay strictly feasible.
 */
export class BarrierSolver {
  readonly blocks: BarrierBlocks;
  readonly newton: BlockNewton;
  /** Multipliers of the shared constraints: per share of band, per GHz. */
  lambda = 0;
  mu = 0;
  zeta = 0;
  iterations = 0;
  /** Surrogate duality gap at the end, in units of the objective. */
  gap = 0;
  readonly #w: Float64Array;
  readonly #cross: Float64Array;
  readonly #step: Float64Array;
  readonly #zStep: Float64Array;
  readonly #vKept: Float64Array;
  readonly #zKept: Float64Array;
  readonly #g = new Float64Array(VARS);
  readonly #weights = { omega: 0, band: 0, cycles: 0 };
  readonly #border = new Float64Array(12);
  #bandSlack = 0;
  #cycleSlack = 0;
  #zBand = 0;
  #zCycles = 0;
  #zetaLow = -0.9;
  #zetaHigh = 0;
  #zLow = 0;
  #zHigh = 0;
  /** Smallest z·s over the mean one: how far the last residual's point is from the boundary. */
  #centrality = 1;
  #dZeta = 0;
  #dBand = 0;
  #dCycles = 0;

  constructor(
    readonly problem: ScaledProblem,
    capacity: number,
  ) {
    this.blocks = new BarrierBlocks(problem, capacity);
    this.newton = new BlockNewton(this.blocks, capacity);
    this.#w = new Float64Array(capacity * VARS * 4);
    this.#cross = new Float64Array(capacity * VARS);
    this.#step = new Float64Array(capacity * VARS);
    this.#zStep = new Float64Array(capacity * CONS);
    this.#vKept = new Float64Array(capacity * VARS);
    this.#zKept = new Float64Array(capacity * CONS);
  }

  /** Sum of the devices' total times at the present point, ms. */
  totalTime(): number {
    let sum = 0;
    for (let block = 0; block < this.blocks.count; block++) sum += this.blocks.total[block];
    return sum;
  }

  /**
   * Minimises from the strictly feasible point in `blocks.v`.
   *
   * @returns whether the gap came below the tolerance (or ζ below `stopBelow`); `false` also if the start is not inside
   */
  solve(goal: BarrierGoal): boolean {
    this.zeta = goal.relax === 0 ? 0 : goal.zeta;
    this.#zetaHigh = goal.zeta + 1;
    this.iterations = 0;
    if (!this.#evaluate(goal)) return false;
    const constraints = this.#initialMultipliers(goal);
    let target = 0;
    let norm = Infinity;
    let stalls = 0;
    let last = 1;
    for (; this.iterations < MAX_ITERATIONS; this.iterations++) {
      if (goal.relax !== 0 && this.zeta < goal.stopBelow) return true;
      this.gap = this.#surrogateGap(goal);
      const scale = goal.relax !== 0 ? 1 : Math.max(1e-9, this.#objective(goal));
      norm = this.#residual(goal, 0);
      if (this.gap <= goal.tolerance * scale && (norm < 1e-5 * scale || stalls > 2)) return true;
      if (stalls > 20) return this.gap <= 1e3 * goal.tolerance * scale;
      target = this.gap / constraints / (last > 0.5 ? CENTRING : last > 0.1 ? 4 : 1);
      target = Math.max(target, (0.02 * goal.tolerance * scale) / constraints);
      this.#direction(goal, target);
      const length = this.#lineSearch(goal, target);
      stalls = length < 0.02 ? stalls + 1 : 0;
      last = length;
      if (length === 0) return this.gap <= 1e3 * goal.tolerance * scale;
    }
    return this.gap <= 1e3 * goal.tolerance * Math.max(1e-9, this.#objective(goal));
  }

  #objective(goal: BarrierGoal): number {
    if (goal.relax !== 0) return this.zeta;
    const { blocks } = this;
    let sum = 0;
    for (let block = 0; block < blocks.count; block++) {
      sum +=
        goal.omega * blocks.total[block] + goal.lambda * blocks.band[block] + goal.mu * blocks.cycles[block];
    }
    return sum;
  }

  #evaluate(goal: BarrierGoal): boolean {
    const { blocks } = this;
    if (!blocks.evaluate(goal.relax, this.zeta)) return false;
    if (goal.relax !== 0 && !(this.zeta > this.#zetaLow && this.zeta < this.#zetaHigh)) return false;
    if (!goal.coupled) return true;
    let band = 0;
    let cycles = 0;
    for (let block = 0; block < blocks.count; block++) {
      band += blocks.band[block];
      cycles += blocks.cycles[block];
    }
    const relaxed = goal.relax & RELAX_SHARED ? this.zeta : 0;
    this.#bandSlack = goal.bandLimit + relaxed - band;
    this.#cycleSlack = 1 + relaxed - cycles / this.problem.edgeRate;
    return this.#bandSlack > 0 && this.#cycleSlack > 0;
  }

  #initialMultipliers(goal: BarrierGoal): number {
    const { blocks } = this;
    let constraints = goal.coupled ? 2 : 0;
    for (let block = 0; block < blocks.count; block++) {
      for (let c = 0; c < CONS; c++) if (blocks.conMask[block] & (1 << c)) constraints++;
    }
    const level = goal.relax !== 0 ? 1 / constraints : this.#objective(goal) / constraints;
    for (let i = 0; i < blocks.count * CONS; i++) {
      const used = blocks.conMask[(i / CONS) | 0] & (1 << (i % CONS));
      blocks.z[i] = used ? (level * blocks.weight((i / CONS) | 0, i % CONS)) / blocks.slack[i] : 0;
    }
    this.#zBand = goal.coupled ? level / this.#bandSlack : 0;
    this.#zCycles = goal.coupled ? level / this.#cycleSlack : 0;
    this.#zLow = level / (this.zeta - this.#zetaLow);
    this.#zHigh = level / (this.#zetaHigh - this.zeta);
    this.#publish();
    return constraints + (goal.relax !== 0 ? 2 : 0);
  }

  #publish(): void {
    this.lambda = this.#zBand;
    this.mu = this.#zCycles / this.problem.edgeRate;
  }

  #surrogateGap(goal: BarrierGoal): number {
    const { z, slack, count } = this.blocks;
    let sum = 0;
    for (let i = 0; i < count * CONS; i++) if (z[i] > 0) sum += z[i] * slack[i];
    if (goal.coupled) sum += this.#zBand * this.#bandSlack + this.#zCycles * this.#cycleSlack;
    if (goal.relax !== 0) {
      sum += this.#zLow * (this.zeta - this.#zetaLow) + this.#zHigh * (this.#zetaHigh - this.zeta);
    }
    return sum;
  }

  #setWeights(goal: BarrierGoal): void {
    const weights = this.#weights;
    weights.omega = goal.relax !== 0 ? 0 : goal.omega;
    weights.band = (goal.relax !== 0 ? 0 : goal.lambda) + this.#zBand;
    weights.cycles = (goal.relax !== 0 ? 0 : goal.mu) + this.#zCycles / this.problem.edgeRate;
  }

  /** Norm of (dual residual, z·s − target). */
  #residual(goal: BarrierGoal, target: number): number {
    const { blocks, newton } = this;
    this.#setWeights(goal);
    const g = this.#g;
    let sum = 0;
    let zetaResidual = 1;
    let smallest = Infinity;
    let pairs = 0;
    let pairCount = 0;
    for (let block = 0; block < blocks.count; block++) {
      newton.objectiveGradient(block, this.#weights, g);
      blocks.addConstraintGradients(block, true, 0, g);
      for (let i = 0; i < VARS; i++) sum += g[i] * g[i];
      const cons = blocks.conMask[block];
      const s = block * CONS;
      for (let c = 0; c < CONS; c++) {
        if (!(cons & (1 << c))) continue;
        if (goal.relax & (1 << c)) zetaResidual -= blocks.z[s + c];
        const weight = blocks.weight(block, c);
        const pair = blocks.z[s + c] * blocks.slack[s + c];
        const off = pair - target * weight;
        sum += off * off;
        if (pair < smallest * weight) smallest = pair / weight;
        pairs += pair;
        pairCount += weight;
      }
    }
    if (goal.coupled) {
      const band = this.#zBand * this.#bandSlack - target;
      const cycles = this.#zCycles * this.#cycleSlack - target;
      sum += band * band + cycles * cycles;
      smallest = Math.min(smallest, band + target, cycles + target);
    }
    this.#centrality = (smallest * pairCount) / pairs;
    if (goal.relax !== 0) {
      if (goal.relax & RELAX_SHARED) zetaResidual -= this.#zBand + this.#zCycles;
      zetaResidual += this.#zHigh - this.#zLow;
      const low = this.#zLow * (this.zeta - this.#zetaLow) - target;
      const high = this.#zHigh * (this.#zetaHigh - this.zeta) - target;
      sum += zetaResidual * zetaResidual + low * low + high * high;
    }
    return Math.sqrt(sum);
  }

  /** Newton direction towards z·s = target. */
  #direction(goal: BarrierGoal, target: number): void {
    const { blocks, newton } = this;
    this.#setWeights(goal);
    const w = this.#w;
    const cross = this.#cross;
    const g = this.#g;
    const border = this.#border;
    const centred = this.#barrierWeights(goal, target);
    border.fill(0);
    const relaxed = goal.relax !== 0;
    const sharedRelaxed = goal.relax & RELAX_SHARED ? 1 : 0;
    const { edgeRate } = this.problem;
    for (let block = 0; block < blocks.count; block++) {
      newton.factorise(block, this.#weights);
      const at = block * VARS * 4;
      const vars = blocks.varMask[block];
      newton.objectiveGradient(block, centred, g);
      blocks.addConstraintGradients(block, false, target, g);
      for (let i = 0; i < VARS; i++) {
        w[at + i] = -g[i];
        w[at + 5 + i] = 0;
        w[at + 10 + i] = 0;
        w[at + 15 + i] = 0;
      }
      if (relaxed) this.#crossColumn(goal, block, target);
      if (goal.coupled) {
        w[at + 10 + 3] = blocks.band[block];
        w[at + 15 + 2] = blocks.cycles[block] / edgeRate;
        if (vars & 1) w[at + 15] = blocks.curve[block * 14 + 12] / edgeRate;
      }
      // keep the cross column, then apply the inverse to all four
      for (let i = 0; i < VARS; i++) cross[block * VARS + i] = w[at + 5 + i];
      const a1 = w[at + 13];
      const a2x = w[at + 15];
      const a2e = w[at + 17];
      newton.solve(block, w, at);
      if (relaxed) newton.solve(block, w, at + 5);
      if (goal.coupled) {
        newton.solve(block, w, at + 10);
        newton.solve(block, w, at + 15);
        border[5] -= a1 * w[at + 13];
        border[6] -= a1 * w[at + 18];
        border[10] -= a2x * w[at + 15] + a2e * w[at + 17];
        border[7] -= a1 * w[at + 3];
        border[11] -= a2x * w[at] + a2e * w[at + 2];
      }
      if (relaxed) {
        for (let i = 0; i < VARS; i++) {
          const c = cross[block * VARS + i];
          border[0] -= c * w[at + 5 + i];
          border[1] -= c * w[at + 10 + i];
          border[2] -= c * w[at + 15 + i];
          border[3] -= c * w[at + i];
        }
      }
    }
    this.#solveBorder(goal, target, relaxed, sharedRelaxed);
    this.#expand(goal, target);
  }

  /** −Σ (z/s)∇g over the constraints that ζ relaxes, and ζ's own row. */
  #crossColumn(goal: BarrierGoal, block: number, target: number): void {
    const { blocks } = this;
    const w = this.#w;
    const at = block * VARS * 4 + VARS;
    const cons = blocks.conMask[block] & goal.relax;
    const deadline = blocks.problem.deadline[blocks.device[block]];
    for (let c = 0; c < CURVED; c++) {
      if (!(cons & (1 << c))) continue;
      const s = blocks.slack[block * CONS + c];
      const weight = blocks.z[block * CONS + c] / s;
      const scaled = c === 0 ? weight / deadline : weight;
      for (let i = 0; i < VARS; i++) w[at + i] -= scaled * blocks.grad[block * 15 + c * VARS + i];
      this.#border[0] += weight;
      this.#border[3] += target / s;
    }
  }

  /** Gradient weights of the barrier function: multipliers of the shared constraints at their centred values. */
  #barrierWeights(goal: BarrierGoal, target: number): { omega: number; band: number; cycles: number } {
    const relaxed = goal.relax !== 0;
    const weights = this.#centred;
    weights.omega = relaxed ? 0 : goal.omega;
    weights.band = (relaxed ? 0 : goal.lambda) + (goal.coupled ? target / this.#bandSlack : 0);
    weights.cycles =
      (relaxed ? 0 : goal.mu) + (goal.coupled ? target / this.#cycleSlack / this.problem.edgeRate : 0);
    return weights;
  }
  readonly #centred = { omega: 0, band: 0, cycles: 0 };

  /** Solves the 3 × 3 system in (dζ, δ_band, δ_cycles), stored as rows of four with the right-hand side last. */
  #solveBorder(goal: BarrierGoal, target: number, relaxed: boolean, sharedRelaxed: number): void {
    const b = this.#border;
    if (relaxed) {
      const low = this.zeta - this.#zetaLow;
      const high = this.#zetaHigh - this.zeta;
      b[0] += this.#zLow / low + this.#zHigh / high;
      b[3] += -1 + target / low - target / high;
      if (goal.coupled && sharedRelaxed) b[3] += target / this.#bandSlack + target / this.#cycleSlack;
    } else {
      b[0] = 1;
      b[1] = b[2] = b[3] = 0;
    }
    if (goal.coupled) {
      b[1] -= sharedRelaxed;
      b[2] -= sharedRelaxed;
      b[4] = b[1];
      b[8] = b[2];
      b[9] = b[6];
      b[5] -= this.#bandSlack / this.#zBand;
      b[10] -= this.#cycleSlack / this.#zCycles;
    } else {
      b[1] = b[2] = b[4] = b[6] = b[7] = b[8] = b[9] = b[11] = 0;
      b[5] = b[10] = 1;
    }
    eliminate(b);
    this.#dZeta = relaxed ? b[3] : 0;
    this.#dBand = b[7];
    this.#dCycles = b[11];
  }

  #expand(goal: BarrierGoal, target: number): void {
    const { blocks } = this;
    const w = this.#w;
    for (let block = 0; block < blocks.count; block++) {
      const at = block * VARS * 4;
      const vars = blocks.varMask[block];
      for (let i = 0; i < VARS; i++) {
        let step = w[at + i];
        if (goal.relax !== 0) step -= w[at + 5 + i] * this.#dZeta;
        if (goal.coupled) step -= w[at + 10 + i] * this.#dBand + w[at + 15 + i] * this.#dCycles;
        this.#step[block * VARS + i] = vars & (1 << i) ? step : 0;
      }
      const cons = blocks.conMask[block];
      for (let c = 0; c < CONS; c++) {
        const k = block * CONS + c;
        if (!(cons & (1 << c))) {
          this.#zStep[k] = 0;
          continue;
        }
        let slope = blocks.slope(block, c, this.#step);
        if (goal.relax & (1 << c)) slope -= this.#dZeta;
        this.#zStep[k] =
          (target * blocks.weight(block, c)) / blocks.slack[k] -
          blocks.z[k] +
          (blocks.z[k] / blocks.slack[k]) * slope;
      }
    }
  }

  #lineSearch(goal: BarrierGoal, target: number): number {
    const { blocks } = this;
    const size = blocks.count;
    const zBand = this.#zBand;
    const zCycles = this.#zCycles;
    const { zeta } = this;
    const low = this.#zLow;
    const high = this.#zHigh;
    // δ = (z/s)·(∇g·dv): the multiplier's step is target/s − z + δ
    const bandStep = goal.coupled ? target / this.#bandSlack - zBand + this.#dBand : 0;
    const cycleStep = goal.coupled ? target / this.#cycleSlack - zCycles + this.#dCycles : 0;
    const lowSlack = zeta - this.#zetaLow;
    const highSlack = this.#zetaHigh - zeta;
    const lowStep = target / lowSlack - low - (low / lowSlack) * this.#dZeta;
    const highStep = target / highSlack - high + (high / highSlack) * this.#dZeta;
    let length = 1;
    const limit = (z: number, step: number) => {
      if (step < 0) length = Math.min(length, (-(1 - BOUNDARY) * z) / step);
    };
    for (let k = 0; k < size * CONS; k++) limit(blocks.z[k], this.#zStep[k]);
    if (goal.coupled) {
      limit(zBand, bandStep);
      limit(zCycles, cycleStep);
    }
    if (goal.relax !== 0) {
      limit(low, lowStep);
      limit(high, highStep);
    }
    const before = this.#residual(goal, target);
    const central = Math.min(CENTRAL, this.#centrality);
    for (let i = 0; i < size * VARS; i++) this.#vKept[i] = blocks.v[i];
    for (let k = 0; k < size * CONS; k++) this.#zKept[k] = blocks.z[k];
    let fallback = 0;
    for (let trial = 0; trial < 40; trial++, length *= 0.6) {
      for (let i = 0; i < size * VARS; i++) blocks.v[i] = this.#vKept[i] + length * this.#step[i];
      this.zeta = zeta + length * this.#dZeta;
      if (!this.#evaluate(goal)) continue;
      for (let k = 0; k < size * CONS; k++) blocks.z[k] = this.#zKept[k] + length * this.#zStep[k];
      this.#zBand = zBand + length * bandStep;
      this.#zCycles = zCycles + length * cycleStep;
      this.#zLow = low + length * lowStep;
      this.#zHigh = high + length * highStep;
      const residual = this.#residual(goal, target);
      if (this.#centrality < 0.9 * central) continue;
      if (residual <= (1 - 0.01 * length) * before) {
        this.#publish();
        return length;
      }
      // Where the energy's product bends the problem the residual may have to grow: then a short step.
      fallback = fallback === 0 ? length : fallback;
      if (trial > 12) break;
    }
    const short = fallback === 0 ? 0 : Math.min(fallback, 0.2);
    for (let i = 0; i < size * VARS; i++) blocks.v[i] = this.#vKept[i] + short * this.#step[i];
    this.zeta = zeta + short * this.#dZeta;
    const inside = this.#evaluate(goal);
    const taken = inside ? short : 0;
    if (!inside) {
      for (let i = 0; i < size * VARS; i++) blocks.v[i] = this.#vKept[i];
      this.zeta = zeta;
      this.#evaluate(goal);
    }
    for (let k = 0; k < size * CONS; k++) blocks.z[k] = this.#zKept[k] + taken * this.#zStep[k];
    this.#zBand = zBand + taken * bandStep;
    this.#zCycles = zCycles + taken * cycleStep;
    this.#zLow = low + taken * lowStep;
    this.#zHigh = high + taken * highStep;
    this.#publish();
    return taken;
  }
}

/** Gaussian elimination with row pivoting of a 3 × 4 row-major array; solutions end in column 3. */
function eliminate(b: Float64Array): void {
  for (let column = 0; column < 3; column++) {
    let pivot = column;
    for (let row = column + 1; row < 3; row++) {
      if (Math.abs(b[row * 4 + column]) > Math.abs(b[pivot * 4 + column])) pivot = row;
    }
    for (let k = 0; k < 4; k++) {
      const held = b[pivot * 4 + k];
      b[pivot * 4 + k] = b[column * 4 + k];
      b[column * 4 + k] = held;
    }
    const inverse = 1 / b[column * 4 + column];
    for (let k = 0; k < 4; k++) b[column * 4 + k] *= inverse;
    for (let row = 0; row < 3; row++) {
      const factor = b[row * 4 + column];
      if (row === column || factor === 0) continue;
      for (let k = 0; k < 4; k++) b[row * 4 + k] -= factor * b[column * 4 + k];
    }
  }
}
