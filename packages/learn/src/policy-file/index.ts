export { normalised } from '../normalize/encoder.js';
export { createActor, encodeInto, learnedPolicy, type Actor } from './actor.js';
export { ForwardChain } from './chain.js';
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
export { learnedProviderPolicy } from './provider-policy.js';
