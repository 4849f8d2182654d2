import type { ContractModel } from './model.js';
import { linearPrice } from './linear-price.js';

/** A menu as arrays, one item per type, NaN for none. */
export interface MenuArrays {
  readonly mbit: Float64Array;
  readonly payment: Float64Array;
}

/** A menu and what the recipient gains by it, in the setting that the method assumes. */
export interface PricedMenu extends MenuArrays {
  readonly utility: number;
}

/**
 * What a recipient who sees every provider's type would buy: from each the q that maximises V(q) − C(q)/θ_l, for
 * threshold + C(q)/θ_l, and nothing from a type that is worth ≤ 0. No menu reaches it; it bounds all of them.
 */
export function firstBest(model: ContractModel): PricedMenu {
  const menu = emptyMenu(model.types);
  let utility = 0;
  for (let type = 0; type < model.types; type++) {
    const efficiency = model.efficiency[type];
    const mbit = model.bestMbit(1 / efficiency);
    const payment = model.threshold + model.cost(mbit) / efficiency;
    const worth = model.value(mbit) - payment;
    if (!(worth > 0)) continue;
    menu.mbit[type] = mbit;
    menu.payment[type] = payment;
    utility += model.share[type] * worth;
  }
  return { ...menu, utility };
}

/** The best menu of a single item: for some lowest served type, what would be bought from it alone, offered to all. */
export function oneItem(model: ContractModel): PricedMenu {
  const menu = emptyMenu(model.types);
  let utility = 0;
  let lowest = model.types;
  let served = 0;
  for (let type = model.types - 1; type >= 0; type--) {
    served += model.share[type];
    const efficiency = model.efficiency[type];
    const mbit = model.bestMbit(1 / efficiency);
    const payment = model.threshold + model.cost(mbit) / efficiency;
    const gain = served * (model.value(mbit) - payment);
    if (!(gain > utility)) continue;
    utility = gain;
    lowest = type;
    menu.mbit.fill(mbit);
    menu.payment.fill(payment);
  }
  menu.mbit.fill(NaN, 0, lowest);
  menu.payment.fill(NaN, 0, lowest);
  return { ...menu, utility };
}

/** The best price per Mbit, at which every type sells as much as it likes. */
export function bestLinearPrice(model: ContractModel): PricedMenu {
  const menu = emptyMenu(model.types);
  const { price, lowest, utility, supply } = linearPrice(model);
  for (let type = lowest; type < model.types; type++) {
    const mbit = supply(price, type);
    if (!(mbit > 0)) continue;
    menu.mbit[type] = mbit;
    menu.payment[type] = price * mbit;
  }
  return { ...menu, utility };
}

function emptyMenu(types: number): MenuArrays {
  return { mbit: new Float64Array(types).fill(NaN), payment: new Float64Array(types).fill(NaN) };
}
