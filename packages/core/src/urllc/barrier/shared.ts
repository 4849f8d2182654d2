import type { BarrierBlocks } from './blocks.js';
import { RELAX_SHARED, type BarrierGoal } from './goal.js';
import type { BlockWeights } from './newton.js';

const ZETA_LOW = -0.9;

/**
 * What the blocks share: Σ b ≤ bandLimit and Σ u/F_es ≤ 1 (both relaxed by ζ if the goal says so), and ζ itself between
 * two bounds of its own. Slacks, multipliers z, and their steps.
 */
export class SharedLimits {
  zeta = 0;
  bandSlack = 0;
  cycleSlack = 0;
  zBand = 0;
  zCycles = 0;
  /** Multipliers of ζ's bounds. */
  zLow = 0;
  zHigh = 0;
  /** Step of ζ, and (z/s)·(∇g·dv) of the two limits: what the border system is solved for. */
  dZeta = 0;
  dBand = 0;
  dCycles = 0;
  /** Steps of the multipliers. */
  bandStep = 0;
  cycleStep = 0;
  lowStep = 0;
  highStep = 0;
  #zetaHigh = 0;
  readonly #weights = { omega: 0, band: 0, cycles: 0 };
  readonly #kept = { zeta: 0, zBand: 0, zCycles: 0, zLow: 0, zHigh: 0 };

  constructor(readonly blocks: BarrierBlocks) {}

  /** ζ − its lower bound, and its upper bound − ζ. */
  get lowSlack(): number {
    return this.zeta - ZETA_LOW;
  }
  get highSlack(): number {
    return this.#zetaHigh - this.zeta;
  }

  /** Sets ζ and its upper bound. */
  start(goal: BarrierGoal): void {
    this.zeta = goal.relax === 0 ? 0 : goal.zeta;
    this.#zetaHigh = goal.zeta + 1;
  }

  /** Slacks at the blocks' present resources; whether every one is positive. */
  evaluate(goal: BarrierGoal): boolean {
    const { blocks } = this;
    if (goal.relax !== 0 && !(this.lowSlack > 0 && this.highSlack > 0)) return false;
    if (!goal.coupled) return true;
    let band = 0;
    let cycles = 0;
    for (let block = 0; block < blocks.count; block++) {
      band += blocks.band[block];
      cycles += blocks.cycles[block];
    }
    const relaxed = goal.relax & RELAX_SHARED ? this.zeta : 0;
    this.bandSlack = goal.bandLimit + relaxed - band;
    this.cycleSlack = 1 + relaxed - cycles / blocks.problem.edgeRate;
    return this.bandSlack > 0 && this.cycleSlack > 0;
  }

  /** Multipliers with z·s = level. */
  initialise(goal: BarrierGoal, level: number): void {
    this.zBand = goal.coupled ? level / this.bandSlack : 0;
    this.zCycles = goal.coupled ? level / this.cycleSlack : 0;
    this.zLow = level / this.lowSlack;
    this.zHigh = level / this.highSlack;
  }

  /** Weights of a block's time, band and cycles in the Lagrangian; valid until the next call of this or the next method. */
  lagrangianWeights(goal: BarrierGoal): BlockWeights {
    return this.#weightsAt(goal, this.zBand, this.zCycles);
  }

  /** The same in the barrier function: multipliers at their centred values target/s. */
  centredWeights(goal: BarrierGoal, target: number): BlockWeights {
    if (!goal.coupled) return this.#weightsAt(goal, 0, 0);
    return this.#weightsAt(goal, target / this.bandSlack, target / this.cycleSlack);
  }

  #weightsAt(goal: BarrierGoal, zBand: number, zCycles: number): BlockWeights {
    const relaxed = goal.relax !== 0;
    const weights = this.#weights;
    weights.omega = relaxed ? 0 : goal.omega;
    weights.band = (relaxed ? 0 : goal.lambda) + zBand;
    weights.cycles = (relaxed ? 0 : goal.mu) + zCycles / this.blocks.problem.edgeRate;
    return weights;
  }

  /** Steps of the multipliers towards z·s = target: target/s − z + (z/s)·(∇g·dv). */
  multiplierSteps(goal: BarrierGoal, target: number): void {
    const { zBand, zCycles, zLow, zHigh, lowSlack, highSlack } = this;
    this.bandStep = goal.coupled ? target / this.bandSlack - zBand + this.dBand : 0;
    this.cycleStep = goal.coupled ? target / this.cycleSlack - zCycles + this.dCycles : 0;
    this.lowStep = target / lowSlack - zLow - (zLow / lowSlack) * this.dZeta;
    this.highStep = target / highSlack - zHigh + (zHigh / highSlack) * this.dZeta;
  }

  /** Remembers the point from which {@link moveZeta} and {@link moveMultipliers} go. */
  keep(): void {
    const { zeta, zBand, zCycles, zLow, zHigh } = this;
    const kept = this.#kept;
    kept.zeta = zeta;
    kept.zBand = zBand;
    kept.zCycles = zCycles;
    kept.zLow = zLow;
    kept.zHigh = zHigh;
  }

  moveZeta(length: number): void {
    this.zeta = this.#kept.zeta + length * this.dZeta;
  }

  moveMultipliers(length: number): void {
    const kept = this.#kept;
    this.zBand = kept.zBand + length * this.bandStep;
    this.zCycles = kept.zCycles + length * this.cycleStep;
    this.zLow = kept.zLow + length * this.lowStep;
    this.zHigh = kept.zHigh + length * this.highStep;
  }
}
