import { Registry } from '../../registry/index.js';
import type { ProviderPolicy } from '../policy.js';
import { crashAvoid, random, roundRobin } from './blind.js';
import { checkProviderPolicy } from './checked.js';
import { prophet } from './prophet.js';
import { ScorerPolicy } from './scorer.js';
import { TablePolicy } from './table.js';

export { crashAvoid, random, roundRobin } from './blind.js';
export { planned } from './planned.js';
export { prophet } from './prophet.js';
export { SCORER_FEATURES, SCORER_START, ScorerPolicy } from './scorer.js';
export { TablePolicy } from './table.js';

/** Policies that need no training beforehand, by name. */
export const providerPolicies = new Registry<() => ProviderPolicy>(
  'provider policy',
  {
    random,
    'round-robin': roundRobin,
    'crash-avoid': crashAvoid,
    prophet,
    table: () => new TablePolicy(),
    scorer: () => new ScorerPolicy(),
  },
  checkProviderPolicy,
);
