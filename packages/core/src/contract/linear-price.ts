import { log } from '../math/index.js';
import type { ContractModel } from './model.js';

/** Prices tried between 0 and V′(0), and at least so many between two at which a type comes in. */
const GRID = 4000;
const LEAST_PER_PIECE = 8;
/** Grid maxima around which the search goes on. */
const REFINED = 20;
const GOLDEN = 0.6180339887498949;
const GOLDEN_STEPS = 60;
const BISECTIONS = 100;

/** The best price, the least efficient type that sells at it, and what each type sells at a price. */
export interface LinearPrice {
  readonly price: number;
  readonly lowest: number;
  readonly utility: number;
  /** q that maximises price · q − C(q)/θ on [0, maxMbit]. */
  readonly supply: (price: number, type: number) => number;
}

/**
 * The price p per Mbit that maximises Σ β_l (V(q_l(p)) − p q_l(p)). At p, type l sells the q_l at which C′(q) = p θ_l, if
 * its profit reaches the threshold; profits rise in p, so each type comes in at a price of its own and between two of those
 * the sum is continuous. It need not be concave there: a grid over every piece, ends included, and a golden-section search
 * around the best grid maxima. Above V′(0) every sale is a loss.
 */
export function linearPrice(model: ContractModel): LinearPrice {
  const { types } = model;
  const supply = (price: number, type: number): number => supplyAt(model, price * model.efficiency[type]);
  const highest = model.marginalValue(0);
  const entries = Array.from({ length: types }, (_, type) => entryPrice(model, type, supply));
  let best = { price: 0, lowest: types, utility: 0 };
  const gain = (price: number, lowest: number): number => {
    let sum = 0;
    for (let type = lowest; type < types; type++) {
      const mbit = supply(price, type);
      sum += model.share[type] * (model.value(mbit) - price * mbit);
    }
    return sum;
  };
  const maxima: { from: number; to: number; lowest: number; utility: number }[] = [];
  for (let lowest = types - 1; lowest >= 0; lowest--) {
    const from = entries[lowest];
    const to = Math.min(highest, lowest === 0 ? Infinity : entries[lowest - 1]);
    if (!(from <= to)) continue;
    const points = Math.max(LEAST_PER_PIECE, Math.ceil((GRID * (to - from)) / highest));
    const prices = Array.from({ length: points + 1 }, (_, k) => from + ((to - from) * k) / points);
    const gains = prices.map((price) => gain(price, lowest));
    for (let k = 0; k <= points; k++) {
      if (gains[k] > best.utility) best = { price: prices[k], lowest, utility: gains[k] };
      if (gains[k] >= (gains[k - 1] ?? -Infinity) && gains[k] >= (gains[k + 1] ?? -Infinity)) {
        maxima.push({
          from: prices[Math.max(0, k - 1)],
          to: prices[Math.min(points, k + 1)],
          lowest,
          utility: gains[k],
        });
      }
    }
  }
  maxima.sort((a, b) => b.utility - a.utility);
  for (const { from, to, lowest } of maxima.slice(0, REFINED)) {
    const price = goldenSection((at) => gain(at, lowest), from, to);
    const utility = gain(price, lowest);
    if (utility > best.utility) best = { price, lowest, utility };
  }
  return { ...best, supply };
}

/** q at which C′(q) = marginal, on [0, maxMbit]. */
function supplyAt({ energy, growth, perMbit, maxMbit }: ContractModel, marginal: number): number {
  if (energy === 0) return marginal >= perMbit ? maxMbit : 0;
  const ratio = (marginal - perMbit) / (energy * growth);
  if (!(ratio > 1)) return 0;
  const mbit = log(ratio) / growth;
  return mbit < maxMbit ? mbit : maxMbit;
}

/** The lowest price at which a type's profit p q − C(q)/θ reaches the threshold and it sells; ∞ if that is above V′(0). */
function entryPrice(
  model: ContractModel,
  type: number,
  supply: (price: number, type: number) => number,
): number {
  const efficiency = model.efficiency[type];
  const profit = (price: number): number => {
    const mbit = supply(price, type);
    return price * mbit - model.cost(mbit) / efficiency;
  };
  let low = model.marginalCost(0) / efficiency;
  if (model.threshold === 0) return low;
  let high = model.marginalValue(0);
  if (!(high > low && profit(high) >= model.threshold)) return Infinity;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    if (profit(middle) >= model.threshold) high = middle;
    else low = middle;
  }
  return high;
}

function goldenSection(of: (x: number) => number, from: number, to: number): number {
  let low = from;
  let high = to;
  let left = high - GOLDEN * (high - low);
  let right = low + GOLDEN * (high - low);
  let atLeft = of(left);
  let atRight = of(right);
  for (let step = 0; step < GOLDEN_STEPS; step++) {
    if (atLeft >= atRight) {
      high = right;
      [right, atRight] = [left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = of(left);
    } else {
      low = left;
      [left, atLeft] = [right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = of(right);
    }
  }
  return 0.5 * (low + high);
}
