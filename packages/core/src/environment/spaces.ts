import type { ActionSpace, DiscreteSpace } from './contract.js';

export function isDiscrete(space: ActionSpace): space is DiscreteSpace {
  return 'n' in space;
}

/** How many numbers an action is: the components of a box, or the number of an action. */
export function actionSize(space: ActionSpace): number {
  return isDiscrete(space) ? 1 : space.size;
}
