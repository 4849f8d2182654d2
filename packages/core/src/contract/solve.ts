import { throwIfAny, type Problem } from '../errors/index.js';
import { bestLinearPrice, firstBest, oneItem, type MenuArrays } from './heuristics.js';
import { modelOf, type ContractInstance } from './instance.js';
import type { ContractModel } from './model.js';
import { OptimalMenu } from './optimal-menu.js';
import { Responses } from './responses.js';
import {
  bindingConstraints,
  itemsOf,
  pooledTypes,
  type BindingConstraint,
  type ContractItem,
} from './solution.js';

/** Ways to design a menu. */
export const CONTRACT_METHODS = ['optimal', 'first-best', 'one-item', 'linear', 'full-information'] as const;
export type ContractMethod = (typeof CONTRACT_METHODS)[number];

/** The recipient's utility by the methods that are compared with the optimum. */
export interface ContractBaselines {
  /** With every provider's type seen: above what any menu reaches. */
  readonly firstBest: number;
  /** The best menu of a single item. */
  readonly oneItem: number;
  /** The best price per Mbit. */
  readonly linearPrice: number;
  /** The first-best menu, posted to providers who choose. */
  readonly fullInformationMenu: number;
}

/** A menu and what comes of it. */
export interface ContractSolution {
  readonly method: string;
  /** `optimal` for the method of that name; what others find is `feasible`. */
  readonly status: 'optimal' | 'feasible';
  /** Σ β_l (V(q) − R) over the items taken. */
  readonly utility: number;
  /** Utility over the optimum's; where that is 0: 1 for a utility of 0, NaN for any other. */
  readonly share: number;
  /** Item of each type. */
  readonly menu: readonly (ContractItem | null)[];
  /** What each type takes: index of an item, null if it stays out. */
  readonly choices: readonly (number | null)[];
  /** R − C(q)/θ of each type; 0 for those who stay out. */
  readonly providerUtility: readonly number[];
  /** Groups of types with the same item. */
  readonly pooled: readonly (readonly number[])[];
  readonly binding: readonly BindingConstraint[];
  readonly baselines: ContractBaselines;
  /** What finding the menu took, s. */
  readonly seconds: number;
}

/** Options of {@link solveContract} and {@link scoreMenu}. */
export interface ContractClock {
  /** Clock in ms for `seconds`; default `performance.now`. */
  readonly now?: (() => number) | undefined;
}

/**
 * Designs a menu by a method and lets every type answer it. `first-best` is the exception: types are seen there, nobody
 * chooses, and its utility is above every menu's.
 */
export function solveContract(
  instance: ContractInstance,
  method: ContractMethod = 'optimal',
  { now = defaultClock }: ContractClock = {},
): ContractSolution {
  const model = modelOf(instance);
  const start = now();
  const menu = menuBy(method, model);
  const seconds = (now() - start) / 1e3;
  const answers = answer(model, menu);
  const utility = method === 'first-best' ? assignOwn(model, answers) : answers.respond(model);
  return solutionOf(model, method, answers, utility, seconds);
}

/**
 * What comes of a posted menu, whoever designed it.
 *
 * @param menu an item or null per type
 * @param method what the solution calls the designer
 * @throws InvalidInputError unless there is an item or null for each type, q in [0, maxMbit] and payments finite
 */
export function scoreMenu(
  instance: ContractInstance,
  menu: readonly (ContractItem | null)[],
  method: string,
  seconds = 0,
): ContractSolution {
  throwIfAny('menu', menuProblems(instance, menu));
  const model = modelOf(instance);
  const answers = answer(model, {
    mbit: Float64Array.from(menu, (item) => item?.mbit ?? NaN),
    payment: Float64Array.from(menu, (item) => item?.payment ?? NaN),
  });
  return solutionOf(model, method, answers, answers.respond(model), seconds);
}

function menuProblems(
  { types, maxMbit }: ContractInstance,
  menu: readonly (ContractItem | null)[],
): Problem[] {
  if (menu.length !== types.length) {
    return [
      { path: '', message: `has ${menu.length} items; expected one or null per type: ${types.length}` },
    ];
  }
  return menu.flatMap((item, type) => {
    if (item === null || (item.mbit >= 0 && item.mbit <= maxMbit && Number.isFinite(item.payment))) return [];
    const message = `type ${type}: expected mbit in [0, ${maxMbit}] and a payment, got ${item.mbit}, ${item.payment}`;
    return [{ path: `[${type}]`, message }];
  });
}

function menuBy(method: ContractMethod, model: ContractModel): MenuArrays {
  switch (method) {
    case 'optimal':
      return optimalMenu(model);
    case 'one-item':
      return oneItem(model);
    case 'linear':
      return bestLinearPrice(model);
    case 'first-best':
    case 'full-information':
      return firstBest(model);
  }
}

function optimalMenu(model: ContractModel): MenuArrays {
  const menu = new OptimalMenu(model.types);
  menu.solve(model);
  return menu;
}

function answer(model: ContractModel, { mbit, payment }: MenuArrays): Responses {
  const answers = new Responses(model.types);
  answers.mbit.set(mbit);
  answers.payment.set(payment);
  return answers;
}

/** Gives every type its own item. @returns the recipient's utility */
function assignOwn(model: ContractModel, answers: Responses): number {
  let utility = 0;
  for (let type = 0; type < model.types; type++) {
    const mbit = answers.mbit[type];
    const isServed = !Number.isNaN(mbit);
    answers.choice[type] = isServed ? type : -1;
    answers.providerUtility[type] = isServed
      ? answers.payment[type] - model.cost(mbit) / model.efficiency[type]
      : 0;
    if (isServed) utility += model.share[type] * (model.value(mbit) - answers.payment[type]);
  }
  return utility;
}

function solutionOf(
  model: ContractModel,
  method: string,
  answers: Responses,
  utility: number,
  seconds: number,
): ContractSolution {
  const optimum = method === 'optimal' ? utility : answer(model, optimalMenu(model)).respond(model);
  return {
    method,
    status: method === 'optimal' ? 'optimal' : 'feasible',
    utility,
    share: shareOf(utility, optimum),
    menu: itemsOf(answers),
    choices: Array.from(answers.choice, (item) => (item < 0 ? null : item)),
    providerUtility: [...answers.providerUtility],
    pooled: pooledTypes(answers),
    binding: bindingConstraints(model, answers),
    baselines: baselinesOf(model),
    seconds,
  };
}

/** Utility by every method that is held beside the optimum. */
export function baselinesOf(model: ContractModel): ContractBaselines {
  const seen = firstBest(model);
  return {
    firstBest: seen.utility,
    oneItem: oneItem(model).utility,
    linearPrice: bestLinearPrice(model).utility,
    fullInformationMenu: answer(model, seen).respond(model),
  };
}

function shareOf(utility: number, optimum: number): number {
  if (optimum > 0) return utility / optimum;
  return utility === 0 ? 1 : NaN;
}

/** Milliseconds of the platform clock. */
function defaultClock(): number {
  return (globalThis as { performance?: { now(): number } }).performance?.now() ?? Date.now();
}
