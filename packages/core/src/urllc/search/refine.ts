import { VARS } from '../barrier/blocks.js';
import type { PriceBounds } from '../bound/bounds.js';
import { cutValue } from '../bound/cuts.js';
import type { JointPoint, JointSolver, ShareBox } from '../bound/joint.js';

/** What a refinement of one caching set gave. */
export interface Refinement {
  readonly best: JointPoint;
  /** No point of this caching set has a smaller total, ms. */
  readonly bound: number;
  readonly iterations: number;
  /** Whether boxes were left out as there were too many. */
  readonly isCutShort: boolean;
}

interface Node {
  readonly box: ShareBox;
  readonly bound: number;
  /** Device to split, and where; −1 if there is nothing to split. */
  readonly device: number;
  readonly at: number;
}

const NARROW = 1e-4;

/**
 * Closes the gap of one caching set. A device short of energy can have two quite different good answers to the same
 * prices (compute slowly at home, or transmit at low power), so the problem is not convex in the offloaded shares; a
 * best-first branch and bound over intervals of those shares separates them.
 *
 * @param upper total of the best point known of any set, ms
 * @param budget points × devices tried at which no further box is begun
 */
export function refineSet(
  joint: JointSolver,
  bounds: PriceBounds,
  root: JointPoint,
  upper: number,
  gapTolerance: number,
  budget: number,
): Refinement {
  const { count } = joint.problem;
  let best = root;
  let iterations = 0;
  let least = Math.min(upper, root.totalMs);
  let discarded = Infinity;
  const whole = { low: new Float64Array(count), high: new Float64Array(count).fill(1) };
  const open: Node[] = [boundNode(bounds, root, whole, -Infinity, least * gapTolerance)];
  const spent = () => joint.work + bounds.costs.work;
  const end = spent() + budget;
  while (spent() < end && open.length > 0) {
    open.sort((a, b) => b.bound - a.bound);
    const node = open.pop()!;
    if (node.bound >= least * (1 - gapTolerance)) {
      discarded = Math.min(discarded, node.bound);
      break;
    }
    if (node.device < 0) {
      discarded = Math.min(discarded, node.bound);
      continue;
    }
    for (const side of [0, 1]) {
      const box = { low: node.box.low.slice(), high: node.box.high.slice() };
      (side === 0 ? box.high : box.low)[node.device] = node.at;
      const point = joint.solve(root.set, box);
      iterations += point.iterations;
      if (point.feasible && point.totalMs < best.totalMs) best = point;
      least = Math.min(least, best.totalMs);
      open.push(boundNode(bounds, point, box, node.bound, least * gapTolerance));
    }
  }
  const bound = open.reduce((lowest, node) => Math.min(lowest, node.bound), discarded);
  const isCutShort = open.some((node) => node.bound < least * (1 - gapTolerance));
  return { best, bound: Math.min(bound, best.totalMs), iterations, isCutShort };
}

/** The bound of a box at the prices of its own point, and the device whose interval most needs splitting. */
function boundNode(
  bounds: PriceBounds,
  point: JointPoint,
  box: ShareBox,
  parent: number,
  tolerance: number,
): Node {
  const { count } = bounds.problem;
  const omega = point.feasible ? 1 : 0;
  const priced = bounds.at(omega, point.lambda, point.mu, (0.4 * tolerance) / count, point, box);
  const value = cutValue(priced.cut, point.set);
  const bound = Math.max(parent, point.feasible ? value : value > 1e-9 ? Infinity : -Infinity);
  let device = -1;
  let worst = 0;
  for (let m = 0; m < count; m++) {
    if (point.set[m] || box.high[m] - box.low[m] < NARROW) continue;
    const loose = point.feasible ? priced.looseness[m] : box.high[m] - box.low[m];
    if (loose > worst) {
      worst = loose;
      device = m;
    }
  }
  return { box, bound, device, at: device < 0 ? 0 : splitPoint(point, priced.share[device], box, device) };
}

/** Between the point's share and the device's own best answer if they differ, else in the middle. */
function splitPoint(point: JointPoint, answer: number, box: ShareBox, device: number): number {
  const { low, high } = box;
  const width = high[device] - low[device];
  const share = point.point[device * VARS];
  const apart = point.feasible && answer === answer && Math.abs(answer - share) > 0.1 * width;
  const middle = apart ? 0.5 * (answer + share) : 0.5 * (low[device] + high[device]);
  return Math.min(high[device] - 0.1 * width, Math.max(low[device] + 0.1 * width, middle));
}
