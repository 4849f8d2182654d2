import { expAt, logAt } from '../math/index.js';
import type { ContractModel } from './model.js';

/** Utilities of a provider that are no further apart count as equal: it takes its own item, and does not stay out. */
const TIE = 1e-9;
/** What rounding may add to a difference of two payments, relative to them. */
const ROUNDING = 1e-13;

/** How far two utilities in payments of this size may be apart to count as equal. */
export function tieWidth(payment: number): number {
  return TIE + ROUNDING * payment;
}

/**
 * What every type does with a posted menu: it takes the item with the highest R − C(q)/θ, its own if that is within 1e-9 of
 * it, and stays out if even that is more than 1e-9 below the threshold. Between two items of others, equal to the last bit,
 * it takes the one of the less efficient type. (1e-13 of the payment is added to 1e-9, for rounding in units with large
 * numbers.)
 *
 * The caller writes the menu into `mbit` and `payment`; arrays are allocated once.
 */
export class Responses {
  /** The menu, one item per type; NaN for none. */
  readonly mbit: Float64Array;
  readonly payment: Float64Array;
  /** The item that each type takes; −1 if it stays out. */
  readonly choice: Int32Array;
  /** R − C(q)/θ of each type; 0 if it stays out. */
  readonly providerUtility: Float64Array;
  readonly #cost: Float64Array;
  readonly #value: Float64Array;

  constructor(readonly types: number) {
    this.mbit = new Float64Array(types);
    this.payment = new Float64Array(types);
    this.choice = new Int32Array(types);
    this.providerUtility = new Float64Array(types);
    this.#cost = new Float64Array(types);
    this.#value = new Float64Array(types);
  }

  /**
   * Leaves every type's answer in `choice` and `providerUtility`.
   *
   * @returns the recipient's utility Σ β_l (V(q) − R) over the items taken
   */
  respond(model: ContractModel): number {
    const { types, payment, choice, providerUtility } = this;
    const { efficiency, share, threshold } = model;
    this.#price(model);
    const costs = this.#cost;
    let utility = 0;
    for (let type = 0; type < types; type++) {
      const inverse = 1 / efficiency[type];
      let item = -1;
      let best = -Infinity;
      for (let k = 0; k < types; k++) {
        const offered = payment[k] - costs[k] * inverse;
        if (offered > best) {
          best = offered;
          item = k;
        }
      }
      const own = payment[type] - costs[type] * inverse;
      if (own >= best - tieWidth(payment[type])) {
        best = own;
        item = type;
      }
      if (item >= 0 && best >= threshold - tieWidth(payment[item])) {
        choice[type] = item;
        providerUtility[type] = best;
        utility += share[type] * (this.#value[item] - payment[item]);
      } else {
        choice[type] = -1;
        providerUtility[type] = 0;
      }
    }
    return utility;
  }

  /** C and V of every item; NaN for none. */
  #price({ types, energy, growth, perMbit, usable, scale }: ContractModel): void {
    const { mbit } = this;
    const costs = this.#cost;
    const values = this.#value;
    for (let k = 0; k < types; k++) {
      costs[k] = perMbit * mbit[k];
      if (energy > 0) {
        values[k] = growth * mbit[k];
        expAt(values, k);
        costs[k] += energy * (values[k] - 1);
      }
      values[k] = 1 + usable * mbit[k];
      logAt(values, k);
      values[k] *= scale;
    }
  }
}
