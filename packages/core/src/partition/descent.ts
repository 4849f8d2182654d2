import { airtimeAt } from './problem.js';
import type { Regions } from './regions.js';

/** Relative gain below which a move is not worth making: above the rounding of the running sums. */
const MIN_GAIN = 1e-12;
/** Pairs of units looked at in one pass of {@link sweepSwaps}. */
const MAX_PAIRS = 1_000_000;

/** Whether a cell may leave its region. */
export type MoveFilter = (cell: number) => boolean;

/** Which moves of cells a sweep considers. */
export interface SweepScope {
  /** `anywhere`: to any server; `neighbours`: cells at a border, to a server of one of the four neighbours. */
  readonly reach: 'anywhere' | 'neighbours';
  /** Further condition on cells. */
  readonly mayLeave?: MoveFilter;
}

/**
 * One pass over all cells: each goes, with the twins in it, where the objective falls most.
 *
 * @returns number of moves; 0 at a partition that no single move improves
 */
export function sweepCells(regions: Regions, { reach, mayLeave }: SweepScope): number {
  const { problem, labels, unitOfCell } = regions;
  const { servers, cells, mass } = problem;
  const threshold = MIN_GAIN * regions.cost();
  const targets = new Uint16Array(reach === 'anywhere' ? servers : 4);
  let count = servers;
  for (let b = 0; b < targets.length; b++) targets[b] = b;
  let moves = 0;
  for (let cell = 0; cell < cells; cell++) {
    if (mass[cell] === 0 && unitOfCell[cell] < 0) continue;
    if (reach === 'neighbours') count = neighbourLabels(regions, cell, targets);
    if (count === 0) continue;
    const from = labels[cell];
    const target = bestTarget(regions, cell, unitOfCell[cell], from, targets, count, threshold);
    if (target === from || (mayLeave !== undefined && !mayLeave(cell))) continue;
    regions.moveCell(cell, target);
    moves++;
  }
  return moves;
}

/** One pass over units: each goes, with the cell it follows, where the objective falls most. Returns the moves. */
export function sweepUnits(regions: Regions): number {
  const { unitServer, unitCell, units } = regions;
  const { servers } = regions.problem;
  const threshold = MIN_GAIN * regions.cost();
  const targets = Uint16Array.from({ length: servers }, (_, b) => b);
  let moves = 0;
  for (let unit = 0; unit < units; unit++) {
    const from = unitServer[unit];
    const target = bestTarget(regions, unitCell[unit], unit, from, targets, servers, threshold);
    if (target === from) continue;
    regions.moveUnit(unit, target);
    moves++;
  }
  return moves;
}

/** One pass over pairs of units at different servers: they change places where that lowers the objective. */
export function sweepSwaps(regions: Regions): number {
  const { unitServer, units } = regions;
  const threshold = MIN_GAIN * regions.cost();
  // of many units, pairs near each other in the list; which those are does not matter
  const span = Math.max(1, Math.floor(MAX_PAIRS / Math.max(1, units)));
  let moves = 0;
  for (let first = 0; first < units; first++) {
    const end = Math.min(units, first + 1 + span);
    for (let second = first + 1; second < end; second++) {
      const p = unitServer[first];
      const q = unitServer[second];
      if (p === q || !(swapGain(regions, first, p, second, q) > threshold)) continue;
      regions.moveUnit(first, q);
      regions.moveUnit(second, p);
      moves++;
    }
  }
  return moves;
}

/** Where a cell (−1: none) with a unit (−1: none) costs least, `from` unless another saves more than `threshold`. */
function bestTarget(
  regions: Regions,
  cell: number,
  unit: number,
  from: number,
  targets: Uint16Array,
  count: number,
  threshold: number,
): number {
  const { problem, unitDemandHz } = regions;
  const g = cell < 0 ? 0 : problem.mass[cell];
  const demand = unit * problem.servers;
  const airtime = g === 0 ? 0 : g * airtimeAt(problem, from, cell);
  const released = unit < 0 ? 0 : unitDemandHz[demand + from];
  let least = regions.costOf(from) - regions.costAfter(from, -g, -airtime, -released) - threshold;
  let best = from;
  for (let at = 0; at < count; at++) {
    const b = targets[at];
    if (b === from) continue;
    const taken = unit < 0 ? 0 : unitDemandHz[demand + b];
    const added =
      regions.costAfter(b, g, g === 0 ? 0 : g * airtimeAt(problem, b, cell), taken) - regions.costOf(b);
    if (added < least) {
      least = added;
      best = b;
    }
  }
  return best;
}

/** How much the objective falls when unit `first` of server p and unit `second` of server q change places. */
function swapGain(regions: Regions, first: number, p: number, second: number, q: number): number {
  const { problem, unitDemandHz, unitCell } = regions;
  const { servers } = problem;
  const loadP = unitDemandHz[second * servers + p] - unitDemandHz[first * servers + p];
  const loadQ = unitDemandHz[first * servers + q] - unitDemandHz[second * servers + q];
  let massP = 0;
  let airtimeP = 0;
  let airtimeQ = 0;
  const cellOne = unitCell[first];
  if (cellOne >= 0) {
    const cellTwo = unitCell[second];
    const gOne = problem.mass[cellOne];
    const gTwo = problem.mass[cellTwo];
    massP = gTwo - gOne;
    airtimeP = gTwo * airtimeAt(problem, p, cellTwo) - gOne * airtimeAt(problem, p, cellOne);
    airtimeQ = gOne * airtimeAt(problem, q, cellOne) - gTwo * airtimeAt(problem, q, cellTwo);
  }
  const after = regions.costAfter(p, massP, airtimeP, loadP) + regions.costAfter(q, -massP, airtimeQ, loadQ);
  return regions.costOf(p) + regions.costOf(q) - after;
}

/** Fills `targets` with the other labels among a cell's four neighbours; returns their number. */
function neighbourLabels({ problem, labels }: Regions, cell: number, targets: Uint16Array): number {
  const { columns, cells } = problem;
  const column = cell % columns;
  const own = labels[cell];
  let count = 0;
  for (let side = 0; side < 4; side++) {
    if ((side === 0 && column === 0) || (side === 1 && column === columns - 1)) continue;
    const other = cell + (side === 0 ? -1 : side === 1 ? 1 : side === 2 ? -columns : columns);
    if (other < 0 || other >= cells) continue;
    const label = labels[other];
    let known = label === own;
    for (let at = 0; at < count; at++) known ||= targets[at] === label;
    if (!known) targets[count++] = label;
  }
  return count;
}
