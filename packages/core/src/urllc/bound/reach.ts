import { exp, log } from '../../math/index.js';
import { BarrierSolver } from '../barrier/barrier.js';
import { BlockKind, VARS } from '../barrier/blocks.js';
import { Link } from '../model/link.js';
import type { ScaledProblem } from '../model/scaled.js';

/** What each device could do alone, with the whole band and the whole edge server. */
export interface Reach {
  /** `[devices × 5]` a strictly feasible point (x, ln r, ln f, ln b, ln p), or x = −1 where there is none. */
  readonly interior: Float64Array;
  /** Whether the device can be left uncached, and whether it can be cached. */
  readonly uncached: Uint8Array;
  readonly cached: Uint8Array;
  /** Least share at which the device has Rmin at full power; ∞ if it never has; 0 if Rmin is 0. */
  readonly leastBand: Float64Array;
}

/** Which constraints of a device stay in {@link leastExcess}, and which of them ζ relaxes: masks of constraints. */
export interface ExcessQuestion {
  readonly relax: number;
  readonly drop: number;
}

const START_SHARES = [0.5, 0.9, 0.1, 0.98, 0.02];

/** Classifies every device. */
export function reachOf(problem: ScaledProblem): Reach {
  const { count } = problem;
  const interior = new Float64Array(count * VARS).fill(-1);
  const uncached = new Uint8Array(count);
  const cached = new Uint8Array(count);
  const leastBand = new Float64Array(count);
  const solver = new BarrierSolver(problem, 1);
  for (let m = 0; m < count; m++) {
    leastBand[m] = leastShare(problem, solver.blocks.link, m);
    const edge = problem.work[m] / (problem.edgeYield * problem.edgeRate);
    const fits = problem.sizeBits[m] <= problem.capacityBits;
    cached[m] = fits && edge < problem.deadline[m] && (!problem.rminAll || leastBand[m] < 1) ? 1 : 0;
    if (!placeInside(solver, m)) continue;
    uncached[m] = 1;
    for (let i = 0; i < VARS; i++) interior[m * VARS + i] = solver.blocks.v[i];
  }
  return { interior, uncached, cached, leastBand };
}

/** Puts a strictly feasible point of the device into the solver; whether there is one. */
function placeInside(solver: BarrierSolver, device: number): boolean {
  const { blocks } = solver;
  blocks.count = 0;
  blocks.push(device, BlockKind.free);
  if (!blocks.link.evaluate(device, BAND_START, blocks.problem.logPower[device] + POWER_START)) {
    return leastExcess(solver, device, { relax: 7, drop: 0 }, -1e-9) < -1e-9 && blocks.evaluate(0, 0);
  }
  for (const share of START_SHARES) {
    startPoint(solver, device, share);
    if (blocks.evaluate(0, 0)) return true;
  }
  return leastExcess(solver, device, { relax: 7, drop: 0 }, -1e-3) < 0 && blocks.evaluate(0, 0);
}

/** Intervals of the offloaded share: within one the problem is as good as convex, over all of [0, 1] it is not. */
const BOXES = [0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1];

const BAND_START = -0.02;
const POWER_START = -0.02;

function startPoint(solver: BarrierSolver, device: number, share: number): void {
  const { blocks } = solver;
  const { problem } = blocks;
  const work = problem.work[device];
  const store = problem.localEnergy[device] / (work * work);
  const fit = Math.sqrt((0.5 * problem.energy[device]) / (store * (1 - share)));
  blocks.v[0] = share;
  blocks.v[1] = log(0.98 * Math.min(problem.localRate[device], fit));
  blocks.v[2] = blocks.logEdge - 0.02;
  blocks.v[3] = BAND_START;
  blocks.v[4] = problem.logPower[device] + POWER_START;
}

/**
 * The least ζ with which the device keeps its limits when those in `relax` are multiplied by 1 + ζ; > 0 means that it
 * cannot keep them, with the whole band and the whole edge rate to itself. ∞ if its link carries nothing.
 *
 * @param solver receives the point found as its only block
 * @param stopBelow ζ that is good enough
 */
export function leastExcess(
  solver: BarrierSolver,
  device: number,
  question: ExcessQuestion,
  stopBelow = -1,
): number {
  let least = Infinity;
  for (let box = 1; box < BOXES.length && least > stopBelow; box++) {
    const trial = new ExcessSearch(solver.problem, device, question, BOXES[box - 1], BOXES[box]);
    const excess = trial.run(stopBelow);
    if (excess >= least) continue;
    least = excess;
    solver.blocks.count = 0;
    solver.blocks.push(device, BlockKind.free);
    for (let i = 0; i < VARS; i++) solver.blocks.v[i] = trial.solver.blocks.v[i];
  }
  return least;
}

const MAX_RESCALINGS = 60;

/** {@link leastExcess} within one interval of the offloaded share, the limits rescaled whenever ζ has come far. */
class ExcessSearch {
  readonly solver: BarrierSolver;
  readonly #limits: readonly Float64Array[];
  readonly #original: readonly number[];

  constructor(
    problem: ScaledProblem,
    readonly device: number,
    readonly question: ExcessQuestion,
    low: number,
    high: number,
  ) {
    const own = {
      ...problem,
      deadline: problem.deadline.slice(),
      energy: problem.energy.slice(),
      slowest: problem.slowest.slice(),
    };
    this.#limits = [own.deadline, own.energy, own.slowest].filter((_limit, c) => question.relax & (1 << c));
    this.#original = this.#limits.map((limit) => limit[device]);
    this.solver = new BarrierSolver(own, 1);
    this.solver.blocks.push(device, BlockKind.free, low, high, question.drop);
    startPoint(this.solver, device, 0.5 * (low + high));
  }

  run(stopBelow: number): number {
    const { relax } = this.question;
    const { blocks } = this.solver;
    // A link at the edge of carrying anything: nearer to full power and band.
    for (let near = BAND_START; near < -1e-9; near /= 4) {
      blocks.v[3] = near;
      blocks.v[4] = blocks.problem.logPower[this.device] + near;
      if (blocks.link.evaluate(this.device, blocks.v[3], blocks.v[4])) break;
    }
    let factor = 1;
    while (!blocks.evaluate(relax, 0)) {
      factor *= 1.5;
      if (factor > 1e12) return Infinity;
      this.#scale(factor);
    }
    const goal = {
      omega: 0,
      lambda: 0,
      mu: 0,
      coupled: false,
      bandLimit: 1,
      relax,
      zeta: 0.5,
      stopBelow: -0.8,
      tolerance: 1e-9,
    };
    let reached = factor;
    for (let round = 0; round < MAX_RESCALINGS; round++) {
      const enough = Math.max(-0.8, (1 + stopBelow) / factor - 1 - 1e-6);
      this.solver.solve({ ...goal, stopBelow: enough });
      const { zeta } = this.solver;
      reached = factor * (1 + zeta);
      if (zeta > -0.8 || reached < 1 + stopBelow) break;
      factor = reached * 1.05;
      this.#scale(factor);
    }
    return reached - 1;
  }

  #scale(factor: number): void {
    this.#limits.forEach((limit, k) => (limit[this.device] = this.#original[k] * factor));
  }
}

/** Least share with R(b, Pmax) ≥ Rmin, by bisection on the rising branch. */
function leastShare(problem: ScaledProblem, link: Link, device: number): number {
  if (problem.slowest[device] === Infinity) return 0;
  const needed = problem.size[device] / problem.slowest[device];
  const top = problem.logPower[device];
  let high = NaN;
  for (let y = 0; y > -20; y -= 0.5) {
    if (link.rate(device, y, top) >= needed) high = y;
    else if (high === high) break;
  }
  if (high !== high) return Infinity;
  let low = high - 0.5;
  for (let step = 0; step < 60; step++) {
    const middle = 0.5 * (low + high);
    if (link.rate(device, middle, top) >= needed) high = middle;
    else low = middle;
  }
  return exp(high);
}
