export { lowerBoundMs } from './bound.js';
export { cityDocument, type CityOptions } from './city.js';
export { connectRegions, countPieces } from './connected.js';
export { EquilibriumSolver, equilibriumRule, type Equilibrium } from './equilibrium.js';
export {
  solveBestChannel,
  solveGuarded,
  type Cycle,
  type Ending,
  type Iterate,
  type WarmStart,
} from './guarded.js';
export { checkFeasibility, type UnservableTwin } from './infeasible.js';
export {
  parsePartitionInstance,
  type MixtureComponent,
  type PartitionDocument,
  type PartitionInstance,
  type PartitionServer,
  type PartitionTwin,
  type SensingDensity,
} from './instance.js';
export { bestChannelRule, labelByTiles, labelEveryCell, type LabelRule } from './label.js';
export { Links } from './links.js';
export { solveOptimal, type OptimalOptions } from './optimal.js';
export { solveLiterally, type LiteralRun } from './paper.js';
export { buildProblem, type PartitionProblem } from './problem.js';
export { scorePartition, twinsOfLabels, type Score, type ServerShare } from './score.js';
export {
  partitionMethods,
  solvePartition,
  type PartitionMethod,
  type PartitionSolution,
  type SolveOptions,
} from './solve.js';
