import type { ContractModel } from './model.js';
import { tieWidth, type Responses } from './responses.js';
import type { MenuArrays } from './heuristics.js';

/** An item of a menu: q Mbit for a payment. */
export interface ContractItem {
  readonly mbit: number;
  readonly payment: number;
}

/**
 * A constraint that holds with equality, within 1e-9. `IR`: the type gets its threshold and no more; `IC`: it is as well
 * off with the next smaller or larger item as with its own; `maxMbit`: its item is as large as items can be.
 */
export type BindingConstraint =
  | { readonly constraint: 'IR' | 'maxMbit'; readonly type: number }
  | { readonly constraint: 'IC'; readonly type: number; readonly item: number };

/** A menu as a list, null for a type without an item. */
export function itemsOf({ mbit, payment }: MenuArrays): (ContractItem | null)[] {
  return Array.from(mbit, (size, type) =>
    Number.isNaN(size) ? null : { mbit: size, payment: payment[type] },
  );
}

/** The groups of two and more types that have the same item. */
export function pooledTypes({ mbit, payment }: MenuArrays): number[][] {
  const groups: number[][] = [];
  for (let type = 0; type < mbit.length; type++) {
    if (Number.isNaN(mbit[type])) continue;
    const last = groups.at(-1);
    const same = last !== undefined && mbit[last[0]] === mbit[type] && payment[last[0]] === payment[type];
    if (same) last.push(type);
    else groups.push([type]);
  }
  return groups.filter((group) => group.length > 1);
}

/**
 * Which constraints bind for the types that take their own item: participation, the bound on items, and for each type
 * the nearest different item on either side (a type indifferent to one further away is indifferent to these too).
 */
export function bindingConstraints(model: ContractModel, answers: Responses): BindingConstraint[] {
  const { mbit, payment, choice, providerUtility } = answers;
  const binding: BindingConstraint[] = [];
  for (let type = 0; type < model.types; type++) {
    if (choice[type] !== type) continue;
    const utility = providerUtility[type];
    const width = tieWidth(payment[type]);
    if (utility - model.threshold <= width) binding.push({ constraint: 'IR', type });
    for (const step of [-1, 1]) {
      const item = differentItem(answers, type, step);
      if (item === undefined) continue;
      const other = payment[item] - model.cost(mbit[item]) / model.efficiency[type];
      if (utility - other <= width) binding.push({ constraint: 'IC', type, item });
    }
    if (mbit[type] >= model.maxMbit) binding.push({ constraint: 'maxMbit', type });
  }
  return binding;
}

/** The first item from `type` on in a direction that is not the same as its own. */
function differentItem({ mbit, payment, types }: Responses, type: number, step: number): number | undefined {
  let item = type + step;
  while (item >= 0 && item < types && mbit[item] === mbit[type] && payment[item] === payment[type]) {
    item += step;
  }
  return item >= 0 && item < types && !Number.isNaN(mbit[item]) ? item : undefined;
}
