import { type BarrierBlocks, CONS, VARS } from './blocks.js';
import type { NewtonDirection } from './direction.js';
import type { BarrierGoal } from './goal.js';
import type { BarrierResidual } from './residual.js';
import type { SharedLimits } from './shared.js';

const BOUNDARY = 0.005;
const CENTRAL = 1e-3;
const MAX_TRIALS = 40;
const SHORTEN = 0.6;

/** Goes along a direction as far as the point stays inside, central, and comes nearer to the optimality conditions. */
export class LineSearch {
  /** Points tried in the last call. */
  trials = 0;
  readonly #v: Float64Array;
  readonly #z: Float64Array;

  constructor(
    readonly blocks: BarrierBlocks,
    readonly shared: SharedLimits,
    readonly direction: NewtonDirection,
    readonly residual: BarrierResidual,
    capacity: number,
  ) {
    this.#v = new Float64Array(capacity * VARS);
    this.#z = new Float64Array(capacity * CONS);
  }

  /** Moves the point; the share of the direction's length taken, 0 if none. */
  run(goal: BarrierGoal, target: number): number {
    const { shared, residual } = this;
    this.trials = 0;
    shared.multiplierSteps(goal, target);
    let length = this.#longest(goal);
    const before = residual.norm(goal, target);
    const central = Math.min(CENTRAL, residual.centrality);
    this.#keep();
    let fallback = 0;
    for (let trial = 0; trial < MAX_TRIALS; trial++, length *= SHORTEN) {
      this.trials++;
      if (!this.#moveVariables(goal, length)) continue;
      this.#moveMultipliers(length);
      const norm = residual.norm(goal, target);
      if (residual.centrality < 0.9 * central) continue;
      if (norm <= (1 - 0.01 * length) * before) return length;
      // Where the energy's product bends the problem the residual may have to grow: then a short step.
      fallback = fallback === 0 ? length : fallback;
      if (trial > 12) break;
    }
    const short = fallback === 0 ? 0 : Math.min(fallback, 0.2);
    const inside = this.#moveVariables(goal, short);
    if (!inside) this.#restoreVariables(goal);
    const taken = inside ? short : 0;
    this.#moveMultipliers(taken);
    return taken;
  }

  /** The longest step, at most 1, that keeps every multiplier positive. */
  #longest(goal: BarrierGoal): number {
    const { blocks, shared } = this;
    const { dz } = this.direction;
    let length = 1;
    const limit = (z: number, step: number) => {
      if (step < 0) length = Math.min(length, (-(1 - BOUNDARY) * z) / step);
    };
    for (let k = 0; k < blocks.count * CONS; k++) limit(blocks.z[k], dz[k]);
    if (goal.coupled) {
      limit(shared.zBand, shared.bandStep);
      limit(shared.zCycles, shared.cycleStep);
    }
    if (goal.relax !== 0) {
      limit(shared.zLow, shared.lowStep);
      limit(shared.zHigh, shared.highStep);
    }
    return length;
  }

  #keep(): void {
    const { blocks } = this;
    for (let i = 0; i < blocks.count * VARS; i++) this.#v[i] = blocks.v[i];
    for (let k = 0; k < blocks.count * CONS; k++) this.#z[k] = blocks.z[k];
    this.shared.keep();
  }

  /** @returns whether the point is inside */
  #moveVariables(goal: BarrierGoal, length: number): boolean {
    const { blocks } = this;
    const { dv } = this.direction;
    for (let i = 0; i < blocks.count * VARS; i++) blocks.v[i] = this.#v[i] + length * dv[i];
    this.shared.moveZeta(length);
    return this.#evaluate(goal);
  }

  #restoreVariables(goal: BarrierGoal): void {
    const { blocks } = this;
    for (let i = 0; i < blocks.count * VARS; i++) blocks.v[i] = this.#v[i];
    this.shared.moveZeta(0);
    this.#evaluate(goal);
  }

  #evaluate(goal: BarrierGoal): boolean {
    return this.blocks.evaluate(goal.relax, this.shared.zeta) && this.shared.evaluate(goal);
  }

  #moveMultipliers(length: number): void {
    const { blocks } = this;
    const { dz } = this.direction;
    for (let k = 0; k < blocks.count * CONS; k++) blocks.z[k] = this.#z[k] + length * dz[k];
    this.shared.moveMultipliers(length);
  }
}
