import { type BarrierBlocks, CONS, CURVED, VARS } from './blocks.js';
import { BorderSystem } from './border.js';
import type { BarrierGoal } from './goal.js';
import { BlockNewton } from './newton.js';
import type { SharedLimits } from './shared.js';

/** Columns per block: the right-hand side, ζ's, the band's and the cycles'. */
const COLUMNS = 4;

/** The Newton direction of the primal-dual method, in O(blocks). */
export class NewtonDirection {
  /** `[blocks × 5]` steps of the variables. */
  readonly dv: Float64Array;
  /** `[blocks × 9]` steps of the multipliers. */
  readonly dz: Float64Array;
  readonly newton: BlockNewton;
  readonly #border: BorderSystem;
  /** `[blocks × 4 × 5]` */
  readonly #w: Float64Array;
  /** `[blocks × 5]` ζ's columns before the inverse is applied. */
  readonly #cross: Float64Array;
  readonly #g = new Float64Array(VARS);

  constructor(
    readonly blocks: BarrierBlocks,
    readonly shared: SharedLimits,
    capacity: number,
  ) {
    this.newton = new BlockNewton(blocks, capacity);
    this.#border = new BorderSystem(shared);
    this.dv = new Float64Array(capacity * VARS);
    this.dz = new Float64Array(capacity * CONS);
    this.#w = new Float64Array(capacity * VARS * COLUMNS);
    this.#cross = new Float64Array(capacity * VARS);
  }

  /** Steps of everything towards z·s = target at the point last evaluated. */
  compute(goal: BarrierGoal, target: number): void {
    const { blocks, newton, shared } = this;
    const weights = shared.lagrangianWeights(goal);
    for (let block = 0; block < blocks.count; block++) newton.factorise(block, weights);
    const border = this.#border;
    border.clear();
    const w = this.#w;
    const cross = this.#cross;
    const relaxed = goal.relax !== 0;
    const centred = shared.centredWeights(goal, target);
    for (let block = 0; block < blocks.count; block++) {
      const at = block * VARS * COLUMNS;
      const g = this.#g;
      newton.objectiveGradient(block, centred, g);
      blocks.addConstraintGradients(block, false, target, g);
      for (let i = 0; i < VARS; i++) {
        w[at + i] = -g[i];
        w[at + 5 + i] = 0;
        w[at + 10 + i] = 0;
        w[at + 15 + i] = 0;
      }
      if (relaxed) this.#relaxedColumn(goal, block, target);
      if (goal.coupled) this.#coupledColumns(block);
      for (let i = 0; i < VARS; i++) cross[block * VARS + i] = w[at + 5 + i];
      const byBand = w[at + 13];
      const byShare = w[at + 15];
      const byRate = w[at + 17];
      newton.solve(block, w, at);
      if (relaxed) newton.solve(block, w, at + 5);
      if (goal.coupled) {
        newton.solve(block, w, at + 10);
        newton.solve(block, w, at + 15);
        border.addCoupled(byBand, byShare, byRate, w, at);
      }
      if (relaxed) border.addRelaxed(cross, block * VARS, w, at);
    }
    border.solve(goal, target);
    for (let block = 0; block < blocks.count; block++) this.#expand(goal, block, target);
  }

  /** −Σ (z/s)∇g over the constraints that ζ relaxes, and ζ's own row. */
  #relaxedColumn(goal: BarrierGoal, block: number, target: number): void {
    const { blocks } = this;
    const w = this.#w;
    const at = block * VARS * COLUMNS + VARS;
    const cons = blocks.conMask[block] & goal.relax;
    const deadline = blocks.problem.deadline[blocks.device[block]];
    for (let c = 0; c < CURVED; c++) {
      if (!(cons & (1 << c))) continue;
      const s = blocks.slack[block * CONS + c];
      const weight = blocks.z[block * CONS + c] / s;
      const scaled = c === 0 ? weight / deadline : weight;
      for (let i = 0; i < VARS; i++) w[at + i] -= scaled * blocks.grad[block * 15 + c * VARS + i];
      this.#border.addRelaxedConstraint(weight, target / s);
    }
  }

  /** Gradients of a block's band and of its cycles as a share of the edge rate. */
  #coupledColumns(block: number): void {
    const { blocks } = this;
    const w = this.#w;
    const at = block * VARS * COLUMNS;
    const { edgeRate } = blocks.problem;
    w[at + 10 + 3] = blocks.band[block];
    w[at + 15 + 2] = blocks.cycles[block] / edgeRate;
    if (blocks.varMask[block] & 1) w[at + 15] = blocks.curve[block * 14 + 12] / edgeRate;
  }

  /** A block's steps, given those of ζ and the shared limits. */
  #expand(goal: BarrierGoal, block: number, target: number): void {
    const { blocks, shared, dv, dz } = this;
    const w = this.#w;
    const at = block * VARS * COLUMNS;
    const vars = blocks.varMask[block];
    for (let i = 0; i < VARS; i++) {
      let step = w[at + i];
      if (goal.relax !== 0) step -= w[at + 5 + i] * shared.dZeta;
      if (goal.coupled) step -= w[at + 10 + i] * shared.dBand + w[at + 15 + i] * shared.dCycles;
      dv[block * VARS + i] = vars & (1 << i) ? step : 0;
    }
    const cons = blocks.conMask[block];
    for (let c = 0; c < CONS; c++) {
      const k = block * CONS + c;
      if (!(cons & (1 << c))) {
        dz[k] = 0;
        continue;
      }
      let slope = blocks.slope(block, c, dv);
      if (goal.relax & (1 << c)) slope -= shared.dZeta;
      dz[k] =
        (target * blocks.weight(block, c)) / blocks.slack[k] -
        blocks.z[k] +
        (blocks.z[k] / blocks.slack[k]) * slope;
    }
  }
}
