import type { ContractModel } from './model.js';

/**
 * The optimal menu of a contract problem, exactly. Providers' efficiencies are hidden, so the menu must make every served
 * type take its own item. For a lowest served type l0 the cheapest payments that do are
 *
 *     R_l0 = threshold + C(q_l0)/θ_l0,   R_l = R_{l−1} + (C(q_l) − C(q_{l−1}))/θ_l,
 *
 * with q non-decreasing, and put into the objective they leave Σ_{l ≥ l0} β_l V(q_l) − w_l C(q_l) − threshold · β_l with
 * w_l = β_l/θ_l + (1/θ_l − 1/θ_{l+1}) · Σ_{k > l} β_k (nothing behind the last). A group of types that share an item wants
 * the q at which V′/C′ = Σ w/Σ β, so q is non-decreasing after pooling adjacent groups of which the lower one has the
 * smaller ratio. Types are added from the most efficient down: each state of the stack of groups is the pooled solution of
 * one l0, and all of them together take linear time.
 */
export class OptimalMenu {
  /** q and R of each type's item; NaN for types left out. */
  readonly mbit: Float64Array;
  readonly payment: Float64Array;
  /** The least efficient type that is served; `types` if none is. */
  lowest = 0;
  /** w of each type. */
  readonly #weight: Float64Array;
  /** Groups, the least efficient on top: last type, Σ β, Σ w, q, value of this group and of all groups below it. */
  readonly #last: Int32Array;
  readonly #share: Float64Array;
  readonly #groupWeight: Float64Array;
  readonly #mbit: Float64Array;
  readonly #value: Float64Array;
  /** q of the group that came about when a type was added. */
  readonly #found: Float64Array;

  /** @param types number of types of the models it solves */
  constructor(readonly types: number) {
    this.mbit = new Float64Array(types);
    this.payment = new Float64Array(types);
    this.#weight = new Float64Array(types);
    this.#last = new Int32Array(types + 1);
    this.#share = new Float64Array(types + 1);
    this.#groupWeight = new Float64Array(types + 1);
    this.#mbit = new Float64Array(types + 1);
    this.#value = new Float64Array(types + 1);
    this.#found = new Float64Array(types);
  }

  /**
   * Leaves the menu in `mbit` and `payment`.
   *
   * @returns the recipient's utility, Σ β_l (V(q_l) − R_l); 0 if no type is worth buying from
   */
  solve(model: ContractModel): number {
    virtualWeights(model, this.#weight);
    let best = 0;
    this.lowest = this.types;
    let groups = 0;
    for (let type = this.types - 1; type >= 0; type--) {
      groups = this.#pool(model, groups, type);
      this.#fill(model, groups, type);
      // Bought nothing from, a type at the threshold only costs: the same menu without it is at least as good.
      if (this.#mbit[groups] > 0 && this.#value[groups] > best) {
        best = this.#value[groups];
        this.lowest = type;
      }
    }
    this.#write(model);
    return best;
  }

  /** Adds a type below all others and pools. Groups are numbered from 1; entry 0 stands for none. */
  #pool(model: ContractModel, groups: number, type: number): number {
    let share = model.share[type];
    let weight = this.#weight[type];
    let last = type;
    while (groups > 0 && weight * this.#share[groups] <= this.#groupWeight[groups] * share) {
      share += this.#share[groups];
      weight += this.#groupWeight[groups];
      last = this.#last[groups];
      groups--;
    }
    groups++;
    this.#last[groups] = last;
    this.#share[groups] = share;
    this.#groupWeight[groups] = weight;
    return groups;
  }

  /** Finds q and value of the last group, which the addition of `type` brought about. */
  #fill(model: ContractModel, group: number, type: number): void {
    const share = this.#share[group];
    const weight = this.#groupWeight[group];
    const mbit = model.bestMbit(weight === 0 ? 0 : weight / share);
    const cost = weight === 0 ? 0 : weight * model.cost(mbit);
    this.#found[type] = this.#mbit[group] = mbit;
    this.#value[group] = this.#value[group - 1] + share * (model.value(mbit) - model.threshold) - cost;
  }

  /** Runs through the types from the top again as far as the lowest that is served, and writes the items. */
  #write(model: ContractModel): void {
    const { types, lowest, mbit, payment } = this;
    let groups = 0;
    for (let type = types - 1; type >= lowest; type--) {
      groups = this.#pool(model, groups, type);
      this.#mbit[groups] = this.#found[type];
    }
    for (let type = 0; type < lowest; type++) mbit[type] = payment[type] = NaN;
    let type = lowest;
    let before = 0;
    let paid = model.threshold;
    for (; groups > 0; groups--) {
      const cost = model.cost(this.#mbit[groups]);
      paid += (cost - before) / model.efficiency[type];
      before = cost;
      for (; type <= this.#last[groups]; type++) {
        mbit[type] = this.#mbit[groups];
        payment[type] = paid;
      }
    }
  }
}

/** w_l: what an increase of C(q_l) costs the recipient, the rents of all more efficient types included. */
export function virtualWeights(model: ContractModel, weights: Float64Array): void {
  const { types, efficiency, share } = model;
  let above = 0;
  for (let type = types - 1; type >= 0; type--) {
    const next = type === types - 1 ? 0 : (1 / efficiency[type] - 1 / efficiency[type + 1]) * above;
    weights[type] = share[type] / efficiency[type] + next;
    above += share[type];
  }
}
