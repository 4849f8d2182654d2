export { menuOfAction, observationOf } from './action-menu.js';
export {
  drawContractInstance,
  drawnContractSchema,
  drawState,
  instanceOfState,
  parseDrawnContract,
  stateSize,
  type ContractDistribution,
  type DrawnContract,
} from './draw.js';
export {
  ContractEnvironment,
  contractActionSpace,
  contractFeatures,
  type ContractEnvironmentOptions,
} from './environment.js';
export type { ContractHead } from './heads.js';
export { bestLinearPrice, firstBest, oneItem, type MenuArrays, type PricedMenu } from './heuristics.js';
export {
  constantsOf,
  contractInstanceSchema,
  modelOf,
  parseContractInstance,
  stateOf,
  type ContractInstance,
  type ContractType,
} from './instance.js';
export { ContractModel, type ContractConstants, type ContractState } from './model.js';
export { OptimalMenu } from './optimal-menu.js';
export { Responses } from './responses.js';
export type { BindingConstraint, ContractItem } from './solution.js';
export {
  CONTRACT_METHODS,
  baselinesOf,
  scoreMenu,
  solveContract,
  type ContractBaselines,
  type ContractMethod,
  type ContractSolution,
} from './solve.js';
