import { type BarrierBlocks, CONS, VARS } from './blocks.js';
import { RELAX_SHARED, type BarrierGoal } from './goal.js';
import type { BlockNewton } from './newton.js';
import type { SharedLimits } from './shared.js';

/** How far the present point is from the optimality conditions. */
export class BarrierResidual {
  /** Smallest z·s over the mean one: how far the last {@link norm}'s point is from the boundary. */
  centrality = 1;
  readonly #g = new Float64Array(VARS);

  constructor(
    readonly blocks: BarrierBlocks,
    readonly shared: SharedLimits,
    readonly newton: BlockNewton,
  ) {}

  /** Surrogate duality gap Σ z·s, in units of the objective. */
  surrogateGap(goal: BarrierGoal): number {
    const { shared } = this;
    const { z, slack, count } = this.blocks;
    let sum = 0;
    for (let i = 0; i < count * CONS; i++) if (z[i] > 0) sum += z[i] * slack[i];
    if (goal.coupled) sum += shared.zBand * shared.bandSlack + shared.zCycles * shared.cycleSlack;
    if (goal.relax !== 0) sum += shared.zLow * shared.lowSlack + shared.zHigh * shared.highSlack;
    return sum;
  }

  /** Norm of (dual residual, z·s − target). */
  norm(goal: BarrierGoal, target: number): number {
    const { blocks, shared, newton } = this;
    const weights = shared.lagrangianWeights(goal);
    const g = this.#g;
    let sum = 0;
    let zetaResidual = 1;
    let smallest = Infinity;
    let pairs = 0;
    let pairCount = 0;
    for (let block = 0; block < blocks.count; block++) {
      newton.objectiveGradient(block, weights, g);
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
      const band = shared.zBand * shared.bandSlack - target;
      const cycles = shared.zCycles * shared.cycleSlack - target;
      sum += band * band + cycles * cycles;
      smallest = Math.min(smallest, band + target, cycles + target);
    }
    this.centrality = (smallest * pairCount) / pairs;
    if (goal.relax !== 0) {
      if (goal.relax & RELAX_SHARED) zetaResidual -= shared.zBand + shared.zCycles;
      zetaResidual += shared.zHigh - shared.zLow;
      const low = shared.zLow * shared.lowSlack - target;
      const high = shared.zHigh * shared.highSlack - target;
      sum += zetaResidual * zetaResidual + low * low + high * high;
    }
    return Math.sqrt(sum);
  }
}
