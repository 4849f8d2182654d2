import { exp } from '../../math/index.js';
import { VARS } from '../barrier/blocks.js';
import type { Cut } from './cuts.js';
import { DeviceCosts } from './device-costs.js';
import type { JointPoint, ShareBox } from './joint.js';
import type { Reach } from './reach.js';
import type { ScaledProblem } from '../model/scaled.js';

/** A bound at two prices, and where it is loose. */
export interface PricedBound {
  readonly cut: Cut;
  /** `[devices]` what an uncached device of the point costs above its bound, ms. */
  readonly looseness: Float64Array;
  /** `[devices]` offloaded share of each device's own best answer to the prices; NaN where unknown. */
  readonly share: Float64Array;
}

/** Turns prices into bounds: base −λ·1 − μ·F_es plus each device's exact least cost, cached and not. */
export class PriceBounds {
  readonly costs: DeviceCosts;
  readonly #hint = { deadline: 0, energy: 0, rate: 0 };

  constructor(
    readonly problem: ScaledProblem,
    readonly reach: Reach,
  ) {
    this.costs = new DeviceCosts(problem, reach.interior);
  }

  /**
   * @param omega 1 for a bound of the latency, 0 for a proof of infeasibility
   * @param from the point whose prices these are: its multipliers are tried first
   * @param tolerance looseness allowed per device, ms
   * @param box bounds of the offloaded shares for which the bound shall hold
   */
  at(
    omega: number,
    lambda: number,
    mu: number,
    tolerance: number,
    from: JointPoint | null = null,
    box: ShareBox | null = null,
  ): PricedBound {
    const { problem, reach, costs } = this;
    const { count } = problem;
    const cached = new Float64Array(count);
    const uncached = new Float64Array(count);
    const looseness = new Float64Array(count);
    const share = new Float64Array(count).fill(NaN);
    const hint = this.#hint;
    for (let m = 0; m < count; m++) {
      if (reach.cached[m]) {
        cached[m] = costs.cached(m, omega, mu) + (problem.rminAll ? lambda * reach.leastBand[m] : 0);
      }
      // Within a box only the point's own caching set is asked about.
      if (!reach.uncached[m] || (box !== null && from?.set[m])) continue;
      const low = box === null ? 0 : box.low[m];
      const high = box === null ? 1 : box.high[m];
      if (from === null || from.set[m]) {
        uncached[m] = costs.uncached(m, omega, lambda, mu, tolerance, undefined, Infinity, low, high);
      } else {
        hint.deadline = from.multipliers[m * 3];
        hint.energy = from.multipliers[m * 3 + 1];
        hint.rate = from.multipliers[m * 3 + 2];
        const value = omega > 0 ? this.#valueAt(from, m) : Infinity;
        uncached[m] = costs.uncached(m, omega, lambda, mu, tolerance, hint, value, low, high);
        looseness[m] = value - uncached[m];
      }
      share[m] = costs.share;
    }
    const base = -lambda - mu * problem.edgeRate;
    return { cut: { optimality: omega > 0, base, cached, uncached, lambda, mu }, looseness, share };
  }

  /** T + λ·b + μ·u of an uncached device at a point. */
  #valueAt(from: JointPoint, m: number): number {
    const { problem } = this;
    const { link } = this.costs.air;
    const at = m * VARS;
    const x = from.point[at];
    const y = from.point[at + 3];
    link.evaluate(m, y, from.point[at + 4]);
    const edgeRate = exp(from.point[at + 2]);
    const time =
      ((1 - x) * problem.work[m]) / exp(from.point[at + 1]) +
      (x * problem.work[m]) / (problem.edgeYield * edgeRate) +
      link.time;
    return time + from.lambda * exp(y) + from.mu * x * edgeRate;
  }
}
