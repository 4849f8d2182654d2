export type { Agent, AgentModel, Rates, RowShape } from './agent.js';
export { OffPolicy, type OffPolicyParts } from './off-policy.js';
export { explorationShape, offPolicyShape, type OffPolicyOptions } from './options.js';
