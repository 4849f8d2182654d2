export { createActor, learnedPolicy, type Actor } from './actor.js';
export {
  boxActions,
  parsePolicyDocument,
  policyDocumentSchema,
  type BoxActions,
  type DiffusionModel,
  type LinearModel,
  type NetworkModel,
  type PolicyDocument,
} from './document.js';
