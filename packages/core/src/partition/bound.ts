import { airtimeAt, type PartitionProblem } from './problem.js';
import type { Shares } from './score.js';

/** Items × servers above which cells are taken together in blocks. */
const MAX_ENTRIES = 400_000;
/** Intervals of α_b that may be examined per server. */
const MAX_INTERVALS = 160;
/** Relative to the whole bound: what a server's minimum may be left open by. */
const TOLERANCE = 2e-5;

/**
 * A lower bound on J over all partitions, ms.
 *
 * With A_b = Σ g_i x_ib, C_b = Σ g_i f_ib x_ib and κ = Λρ the objective is Σ_b [A_b C_b + κ A_b² / ψ_b]. Relaxing
 * Σ_b x_ib = 1 with prices Λ_i (taken from the marginal costs at `shares`) splits it into one problem per server over
 * x_b in [0, 1]^N. There, for A in an interval, A C_b is bounded from below by linear functions of x: for any s and θ
 *
 *   κA²/ψ >= κ(2sA − s²ψ) and Σ x_i (g_i A f_i − Λ_i) >= −θA + Σ min(0, g_i (A f_i + θ) − Λ_i),
 *
 * which is concave in A, so that its least value over the interval is at an end. Intervals are halved where the bound is
 * least. Every choice of Λ, s, θ and intervals gives a valid bound; `shares` only decides how tight it is.
 *
 * @param shares sums of a good partition, all ψ_b > 0
 */
export function lowerBoundMs(problem: PartitionProblem, shares: Shares, twinsFollow: boolean): number {
  const items = collectItems(problem, twinsFollow);
  const { servers, renderCycles } = problem;
  const slope = shares.mass.map((mass) => Math.max(mass, 1e-6));
  const ratio = slope.map((mass, b) => mass / shares.computeLeftHz[b]);
  const offset = slope.map((_, b) => shares.airtime[b] + 2 * renderCycles * ratio[b]);
  let total = 0;
  const prices = new Float64Array(items.count);
  for (let item = 0; item < items.count; item++) {
    let least = Infinity;
    for (let b = 0; b < servers; b++) {
      const at = item * servers + b;
      const demand = items.demandHz[at];
      if (demand === Infinity) continue;
      const marginal =
        items.mass[item] * (slope[b] * items.airtime[at] + offset[b]) +
        renderCycles * ratio[b] * ratio[b] * demand;
      least = Math.min(least, marginal);
    }
    prices[item] = least;
    total += least;
  }
  const search = new ServerSearch(problem, items, prices);
  const tolerance = TOLERANCE * total;
  for (let b = 0; b < servers; b++) {
    total += search.minimum(b, slope[b], shares.computeLeftHz[b], tolerance);
  }
  return Math.max(0, (total * problem.scaleMs) / servers);
}

/** What the relaxed problem distributes: cells or blocks of them, and units of twins. */
interface Items {
  readonly count: number;
  /** `[count]`. */
  readonly mass: Float64Array;
  /** Least airtime in the block, `[count × servers]`. */
  readonly airtime: Float64Array;
  /** Computing demand of the item's twins, `[count × servers]`. */
  readonly demandHz: Float64Array;
}

function collectItems(problem: PartitionProblem, twinsFollow: boolean): Items {
  const { servers, columns, rows, cells, twins, twinCell } = problem;
  let side = 1;
  while (
    Math.ceil(columns / side) * Math.ceil(rows / side) * servers > MAX_ENTRIES &&
    side < Math.max(columns, rows)
  ) {
    side++;
  }
  const blocksInRow = Math.ceil(columns / side);
  const blocks = blocksInRow * Math.ceil(rows / side);
  // a cell with twins that follow it is an item of its own; free twins are items without mass
  const itemOfTwin = new Int32Array(twins);
  const unitOfCell = new Map<number, number>();
  let count = blocks;
  for (let k = 0; k < twins; k++) {
    const cell = twinCell[k];
    const known = twinsFollow ? unitOfCell.get(cell) : undefined;
    itemOfTwin[k] = known ?? count++;
    if (twinsFollow) unitOfCell.set(cell, itemOfTwin[k]);
  }
  const mass = new Float64Array(count);
  const airtime = new Float64Array(count * servers);
  const demandHz = new Float64Array(count * servers);
  for (let cell = 0; cell < cells; cell++) {
    const row = Math.floor(cell / columns);
    const block = Math.floor(row / side) * blocksInRow + Math.floor((cell - row * columns) / side);
    mass[unitOfCell.get(cell) ?? block] += problem.mass[cell];
  }
  for (let block = 0; block < blocks; block++) {
    const row = Math.floor(block / blocksInRow) * side;
    const column = (block % blocksInRow) * side;
    for (let b = 0; b < servers; b++) {
      airtime[block * servers + b] =
        side === 1 ? airtimeAt(problem, b, block) : leastAirtime(problem, b, column, row, side);
    }
  }
  for (const [cell, item] of unitOfCell) {
    for (let b = 0; b < servers; b++) airtime[item * servers + b] = airtimeAt(problem, b, cell);
  }
  for (let k = 0; k < twins; k++) {
    for (let b = 0; b < servers; b++) {
      demandHz[itemOfTwin[k] * servers + b] += problem.demandHz[k * servers + b];
    }
  }
  return { count, mass, airtime, demandHz };
}

/** f_b at the point nearest to server b among the centres of a block's cells; rounded down. */
function leastAirtime(
  problem: PartitionProblem,
  b: number,
  column: number,
  row: number,
  side: number,
): number {
  const { links, cellWidthM, cellLengthM, columns, rows } = problem;
  const beyond = (position: number, from: number, to: number) => Math.max(from - position, position - to, 0);
  const lastColumn = Math.min(columns, column + side) - 1;
  const lastRow = Math.min(rows, row + side) - 1;
  const dx = beyond(links.x[b], (column + 0.5) * cellWidthM, (lastColumn + 0.5) * cellWidthM);
  const dy = beyond(links.y[b], (row + 0.5) * cellLengthM, (lastRow + 0.5) * cellLengthM);
  return links.airtime(b, dx * dx + dy * dy) * (1 - 1e-11);
}

interface Interval {
  from: number;
  to: number;
  bound: number;
}

/** Finds a lower bound on one server's relaxed problem. */
class ServerSearch {
  readonly #thresholds: Float64Array;

  constructor(
    readonly problem: PartitionProblem,
    readonly items: Items,
    readonly prices: Float64Array,
  ) {
    this.#thresholds = new Float64Array(items.count);
  }

  minimum(b: number, mass: number, computeLeftHz: number, tolerance: number): number {
    const ends = [0, 0.25, 0.5, 0.75, 0.9, 0.97, 1.03, 1.1, 1.25, 1.5, 2, 3].map((part) => part * mass);
    const cuts = [...ends.filter((end) => end < 1), 1];
    const ratio = mass / computeLeftHz;
    const open: Interval[] = [];
    // the relaxed value at the partition's own mass: no interval can be shown to lie higher than this
    const enough = this.#bound(b, mass, mass, ratio, computeLeftHz, Infinity) - tolerance;
    const examine = (from: number, to: number) => ({
      from,
      to,
      bound: this.#bound(b, from, to, ratio, computeLeftHz, enough),
    });
    for (let index = 1; index < cuts.length; index++) open.push(examine(cuts[index - 1], cuts[index]));
    for (;;) {
      let lowest = 0;
      for (let index = 1; index < open.length; index++) {
        if (open[index].bound < open[lowest].bound) lowest = index;
      }
      const { from, to, bound } = open[lowest];
      if (bound >= enough || to - from < 1e-5 || open.length >= MAX_INTERVALS) return bound;
      const middle = (from + to) / 2;
      open[lowest] = examine(from, middle);
      open.push(examine(middle, to));
    }
  }

  /** The best of the bounds over a few s: that of the partition, and the tangents at the interval's own mass. */
  #bound(b: number, from: number, to: number, ratio: number, computeLeftHz: number, enough: number): number {
    const middle = (from + to) / 2;
    const own = middle / computeLeftHz;
    let best = -Infinity;
    for (const share of [0, 0.5, 1]) {
      best = Math.max(best, this.#boundAt(b, from, to, ratio + share * (own - ratio)));
      if (best >= enough || own === ratio) break;
    }
    return best;
  }

  #boundAt(b: number, from: number, to: number, s: number): number {
    const { items, prices, problem } = this;
    const { servers, renderCycles } = problem;
    const middle = (from + to) / 2;
    const priceOfHz = renderCycles * s * s;
    const thresholds = this.#thresholds;
    let low = Infinity;
    let high = -Infinity;
    let atFrom = 0;
    let atTo = 0;
    for (let item = 0; item < items.count; item++) {
      const at = item * servers + b;
      const demand = items.demandHz[at];
      const g = items.mass[item];
      if (demand === Infinity) thresholds[item] = -Infinity;
      else if (g === 0) {
        thresholds[item] = -Infinity;
        const value = Math.min(0, priceOfHz * demand - prices[item]);
        atFrom += value;
        atTo += value;
      } else {
        const threshold = (prices[item] - priceOfHz * demand) / g - middle * items.airtime[at];
        thresholds[item] = threshold;
        if (threshold < low) low = threshold;
        if (threshold > high) high = threshold;
      }
    }
    const theta = low < high ? this.#balance(middle, low, high) : low;
    if (low === Infinity) return -renderCycles * s * s * problem.computeHz[b] + atFrom;
    for (let item = 0; item < items.count; item++) {
      if (thresholds[item] === -Infinity) continue;
      const at = item * servers + b;
      const g = items.mass[item];
      const constant = g * theta + priceOfHz * items.demandHz[at] - prices[item];
      atFrom += Math.min(0, constant + g * from * items.airtime[at]);
      atTo += Math.min(0, constant + g * to * items.airtime[at]);
    }
    const linear = 2 * renderCycles * s - theta;
    const floor = -renderCycles * s * s * problem.computeHz[b];
    return floor + Math.min(linear * from + atFrom, linear * to + atTo);
  }

  /** θ at which the items worth taking weigh `mass` together. */
  #balance(mass: number, low: number, high: number): number {
    const { items } = this;
    for (let halving = 0; halving < 120 && high - low > 1e-7 * (Math.abs(low) + Math.abs(high)); halving++) {
      const theta = (low + high) / 2;
      let taken = 0;
      for (let item = 0; item < items.count; item++) {
        if (this.#thresholds[item] > theta) taken += items.mass[item];
      }
      if (taken > mass) low = theta;
      else high = theta;
    }
    return (low + high) / 2;
  }
}
