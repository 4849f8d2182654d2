import { exp, log } from '../math/index.js';
import { BarrierSolver } from './barrier.js';
import { BlockKind, CONS, VARS } from './barrier-blocks.js';
import { Link } from './link.js';
import type { ScaledProblem } from './scaled.js';

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
    return leastExcess(solver, device, { relax: 7, drop: 0 }) < -1e-9;
  }
  for (const share of START_SHARES) {
    startPoint(solver, device, share);
    if (blocks.evaluate(0, 0)) return true;
  }
  return leastExcess(solver, device, { relax: 7, drop: 0 }, -1e-3) < 0 && blocks.evaluate(0, 0);
}

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
 * The least ζ ≥ −0.9 with which the device keeps its limits when those in `relax` are multiplied by 1 + ζ; > 0 means that
 * it cannot keep them, with the whole band and the whole edge rate to itself. ∞ if its link carries nothing.
 */
export function leastExcess(
  solver: BarrierSolver,
  device: number,
  { relax, drop }: ExcessQuestion,
  stopBelow = -0.89,
): number {
  const { blocks } = solver;
  blocks.count = 0;
  blocks.push(device, BlockKind.free, 0, 1, drop);
  startPoint(solver, device, 0.5);
  // A link at the edge of carrying anything: nearer to full power and band.
  for (let near = BAND_START; near < -1e-9; near /= 4) {
    blocks.v[3] = near;
    blocks.v[4] = blocks.problem.logPower[device] + near;
    if (blocks.link.evaluate(device, blocks.v[3], blocks.v[4])) break;
  }
  if (!blocks.link.evaluate(device, blocks.v[3], blocks.v[4])) return Infinity;
  let zeta = 0.5;
  while (!blocks.evaluate(relax, zeta)) {
    zeta = 2 * zeta + 1;
    if (zeta > 1e15) return Infinity;
  }
  const goal = {
    omega: 0,
    lambda: 0,
    mu: 0,
    coupled: false,
    bandLimit: 1,
    relax,
    zeta: 1.2 * zeta,
    stopBelow,
    tolerance: 1e-9,
  };
  solver.solve(goal);
  return solver.zeta;
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

/** Multipliers of deadline, energy and rate at the end of {@link leastExcess}, per ms, mJ and ms of transmission. */
export function excessMultipliers(solver: BarrierSolver, device: number) {
  const { blocks } = solver;
  const { problem } = blocks;
  const used = (c: number) => (blocks.conMask[0] & (1 << c) ? blocks.z[c % CONS] : 0);
  return {
    deadline: used(0) / problem.deadline[device],
    energy: used(1) / problem.energy[device],
    rate: problem.slowest[device] < Infinity ? used(2) / problem.slowest[device] : 0,
  };
}
