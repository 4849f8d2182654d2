import { VARS } from './blocks.js';
import { RELAX_SHARED, type BarrierGoal } from './goal.js';
import type { SharedLimits } from './shared.js';

/**
 * The 3 × 3 system in (dζ, δ_band, δ_cycles) in which the blocks meet: the Schur complement of the block-diagonal Newton
 * matrix, summed up block by block. Rows of four, the right-hand side last.
 *
 * A block's columns in `w` at `at` are H⁻¹ applied to: +0 the right-hand side, +5 ζ's column, +10 the gradient of its band,
 * +15 that of its cycles.
 */
export class BorderSystem {
  readonly #rows = new Float64Array(12);

  constructor(readonly shared: SharedLimits) {}

  clear(): void {
    this.#rows.fill(0);
  }

  /** A block constraint that ζ relaxes: its z/s and its target/s, into ζ's own row. */
  addRelaxedConstraint(weight: number, centred: number): void {
    this.#rows[0] += weight;
    this.#rows[3] += centred;
  }

  /** A block's part in the rows of band and cycles, given its gradients ∂b/∂ln b, ∂u/∂x and ∂u/∂ln f. */
  addCoupled(byBand: number, byShare: number, byRate: number, w: Float64Array, at: number): void {
    const b = this.#rows;
    b[5] -= byBand * w[at + 13];
    b[6] -= byBand * w[at + 18];
    b[10] -= byShare * w[at + 15] + byRate * w[at + 17];
    b[7] -= byBand * w[at + 3];
    b[11] -= byShare * w[at] + byRate * w[at + 2];
  }

  /** A block's part in ζ's row, given its column before H⁻¹ as five values of `cross`. */
  addRelaxed(cross: Float64Array, from: number, w: Float64Array, at: number): void {
    const b = this.#rows;
    for (let i = 0; i < VARS; i++) {
      const c = cross[from + i];
      b[0] -= c * w[at + 5 + i];
      b[1] -= c * w[at + 10 + i];
      b[2] -= c * w[at + 15 + i];
      b[3] -= c * w[at + i];
    }
  }

  /** Adds what is the shared limits' own, solves, and stores the solution there. */
  solve(goal: BarrierGoal, target: number): void {
    const { shared } = this;
    const b = this.#rows;
    const relaxed = goal.relax !== 0;
    const sharedRelaxed = goal.relax & RELAX_SHARED ? 1 : 0;
    if (relaxed) {
      const { lowSlack, highSlack } = shared;
      b[0] += shared.zLow / lowSlack + shared.zHigh / highSlack;
      b[3] += -1 + target / lowSlack - target / highSlack;
      if (goal.coupled && sharedRelaxed) b[3] += target / shared.bandSlack + target / shared.cycleSlack;
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
      b[5] -= shared.bandSlack / shared.zBand;
      b[10] -= shared.cycleSlack / shared.zCycles;
    } else {
      b[1] = b[2] = b[4] = b[6] = b[7] = b[8] = b[9] = b[11] = 0;
      b[5] = b[10] = 1;
    }
    eliminate(b);
    shared.dZeta = relaxed ? b[3] : 0;
    shared.dBand = b[7];
    shared.dCycles = b[11];
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
