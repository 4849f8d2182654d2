import { BarrierBlocks, CONS } from './blocks.js';
import { NewtonDirection } from './direction.js';
import type { BarrierGoal } from './goal.js';
import { BarrierResidual } from './residual.js';
import { LineSearch } from './search.js';
import { SharedLimits } from './shared.js';
import type { ScaledProblem } from '../model/scaled.js';

const MAX_ITERATIONS = 120;
const CENTRING = 12;

/**
 * Primal-dual interior-point method (Boyd and Vandenberghe, Convex Optimization, 11.7) over {@link BarrierBlocks} with
 * up to two shared constraints and one shared variable ζ: every iteration costs O(devices), as the blocks meet only in a
 * 3 × 3 system. The iterates stay strictly feasible.
 */
export class BarrierSolver {
  readonly blocks: BarrierBlocks;
  iterations = 0;
  #work = 0;
  readonly #shared: SharedLimits;
  readonly #direction: NewtonDirection;
  readonly #residual: BarrierResidual;
  readonly #search: LineSearch;

  constructor(
    readonly problem: ScaledProblem,
    capacity: number,
  ) {
    const blocks = new BarrierBlocks(problem, capacity);
    this.blocks = blocks;
    this.#shared = new SharedLimits(blocks);
    this.#direction = new NewtonDirection(blocks, this.#shared, capacity);
    this.#residual = new BarrierResidual(blocks, this.#shared, this.#direction.newton);
    this.#search = new LineSearch(blocks, this.#shared, this.#direction, this.#residual, capacity);
  }

  /** Multipliers of the shared constraints: per share of band, per GHz. */
  get lambda(): number {
    return this.#shared.zBand;
  }
  get mu(): number {
    return this.#shared.zCycles / this.problem.edgeRate;
  }
  /** Points tried × blocks since the beginning: what time is spent on. */
  get work(): number {
    return this.#work;
  }
  get zeta(): number {
    return this.#shared.zeta;
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
    const shared = this.#shared;
    shared.start(goal);
    this.iterations = 0;
    if (!this.blocks.evaluate(goal.relax, shared.zeta) || !shared.evaluate(goal)) return false;
    const constraints = this.#initialMultipliers(goal);
    let gap = 0;
    let stalls = 0;
    let last = 1;
    for (; this.iterations < MAX_ITERATIONS; this.iterations++) {
      if (goal.relax !== 0 && shared.zeta < goal.stopBelow) return true;
      gap = this.#residual.surrogateGap(goal);
      const scale = goal.relax !== 0 ? 1 : Math.max(1e-9, this.#objective(goal));
      const norm = this.#residual.norm(goal, 0);
      if (gap <= goal.tolerance * scale && (norm < 1e-5 * scale || stalls > 2)) return true;
      if (stalls > 20) return gap <= 1e3 * goal.tolerance * scale;
      let target = gap / constraints / (last > 0.5 ? CENTRING : last > 0.1 ? 4 : 1);
      target = Math.max(target, (0.02 * goal.tolerance * scale) / constraints);
      this.#direction.compute(goal, target);
      last = this.#search.run(goal, target);
      this.#work += this.#search.trials * this.blocks.count;
      stalls = last < 0.02 ? stalls + 1 : 0;
      if (last === 0) return gap <= 1e3 * goal.tolerance * scale;
    }
    return gap <= 1e3 * goal.tolerance * Math.max(1e-9, this.#objective(goal));
  }

  #objective(goal: BarrierGoal): number {
    if (goal.relax !== 0) return this.#shared.zeta;
    const { blocks } = this;
    let sum = 0;
    for (let block = 0; block < blocks.count; block++) {
      sum +=
        goal.omega * blocks.total[block] + goal.lambda * blocks.band[block] + goal.mu * blocks.cycles[block];
    }
    return sum;
  }

  /** Multipliers with the same z·s everywhere; the number of constraints. */
  #initialMultipliers(goal: BarrierGoal): number {
    const { blocks } = this;
    let constraints = goal.coupled ? 2 : 0;
    for (let block = 0; block < blocks.count; block++) {
      for (let c = 0; c < CONS; c++) if (blocks.conMask[block] & (1 << c)) constraints++;
    }
    const level = goal.relax !== 0 ? 1 / constraints : this.#objective(goal) / constraints;
    for (let i = 0; i < blocks.count * CONS; i++) {
      const block = (i / CONS) | 0;
      const c = i % CONS;
      const used = blocks.conMask[block] & (1 << c);
      blocks.z[i] = used ? (level * blocks.weight(block, c)) / blocks.slack[i] : 0;
    }
    this.#shared.initialise(goal, level);
    return constraints + (goal.relax !== 0 ? 2 : 0);
  }
}
