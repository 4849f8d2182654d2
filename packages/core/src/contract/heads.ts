import type { ContractModel } from './model.js';
import { virtualWeights } from './optimal-menu.js';
import type { MenuArrays } from './heuristics.js';

/**
 * How an action becomes a menu of L items. `raw`: 2L numbers, q_1 … q_L and R_1 … R_L. `structured`: L numbers x in
 * [0, 1], q_l = q_{l−1} + x_l · (maxMbit − q_{l−1}), and payments from the binding constraints, so that every type takes
 * its own item. Both in double precision, whatever the action came in: payments rounded to single precision break the
 * constraints by 1e-8, and types walk away.
 */
export type ContractHead = 'structured' | 'raw';

/** Writes the menu of a structured action at `offset`. */
export function structuredMenu(
  model: ContractModel,
  actions: ArrayLike<number>,
  offset: number,
  { mbit, payment }: MenuArrays,
): void {
  let size = 0;
  let cost = 0;
  let paid = model.threshold;
  for (let type = 0; type < model.types; type++) {
    size += unit(actions[offset + type]) * (model.maxMbit - size);
    const next = model.cost(size);
    paid += (next - cost) / model.efficiency[type];
    cost = next;
    mbit[type] = size;
    payment[type] = paid;
  }
}

/** Writes the menu of a raw action at `offset`, clipped to [0, maxMbit] and [0, maxPayment]. */
export function rawMenu(
  { types, maxMbit }: ContractModel,
  maxPayment: number,
  actions: ArrayLike<number>,
  offset: number,
  { mbit, payment }: MenuArrays,
): void {
  for (let type = 0; type < types; type++) {
    mbit[type] = clip(actions[offset + type], maxMbit);
    payment[type] = clip(actions[offset + types + type], maxPayment);
  }
}

/**
 * ∂ utility/∂x of a structured action. All types take their own item, so the utility is Σ β_l V(q_l) − w_l C(q_l) minus
 * the threshold, and x_l moves q_l and, through it, all items behind.
 *
 * @param scratch `[2 × types]`, overwritten
 */
export function structuredGradient(
  model: ContractModel,
  actions: ArrayLike<number>,
  offset: number,
  scratch: Float64Array,
  gradients: Float64Array,
): void {
  const { types, maxMbit } = model;
  virtualWeights(model, scratch);
  let size = 0;
  for (let type = 0; type < types; type++) {
    scratch[types + type] = maxMbit - size;
    size += unit(actions[offset + type]) * (maxMbit - size);
  }
  let behind = 0;
  for (let type = types - 1; type >= 0; type--) {
    const room = scratch[types + type];
    const x = unit(actions[offset + type]);
    const own = maxMbit - room + x * room;
    behind += model.share[type] * model.marginalValue(own) - scratch[type] * model.marginalCost(own);
    gradients[offset + type] = behind * room;
    behind *= 1 - x;
  }
}

function unit(x: number): number {
  return clip(x, 1);
}

function clip(x: number, high: number): number {
  return x > 0 ? (x < high ? x : high) : 0;
}
