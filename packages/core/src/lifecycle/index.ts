export { averageOpinions, expectation, fuseOpinions, opinionOf, VACUOUS, type Opinion } from './opinion.js';
export {
  parseReputationInstance,
  REPUTATION_DEFAULTS,
  reputationParametersSchema,
  reputationSchema,
  type Interaction,
  type ReputationInstance,
  type ReputationParameters,
} from './reputation-instance.js';
export { ReputationModel, type ReputationMode } from './reputation-model.js';
export {
  lifecycleSchema,
  parseLifecycleScript,
  type LifecycleAction,
  type LifecycleScript,
} from './script.js';
export {
  jainIndex,
  simulateSelection,
  type Collusion,
  type SelectionProtocol,
  type SelectionResult,
  type SelectionRule,
} from './selection.js';
export { solveReputation, type ReputationSolution } from './solve-reputation.js';
export {
  copyDistance,
  hashDistance,
  HASHES,
  perceptualHash,
  perceptualHashes,
  type GreyImage,
} from './perceptual-hash.js';
export { greyOf, paintPrompt, type ColourImage } from './procedural-image.js';
