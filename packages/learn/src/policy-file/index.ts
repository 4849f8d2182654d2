export { createActor, learnedPolicy, type Actor } from './actor.js';
export {
  parsePolicyDocument,
  policyDocumentSchema,
  type LinearModel,
  type NetworkModel,
  type PolicyDocument,
} from './document.js';
