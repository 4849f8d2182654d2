import { Registry } from '../../registry/index.js';
import type { CachingPolicy } from '../policy.js';
import { checkCaching } from './checked.js';
import { cloudOnly, fifo, lfu, lru, random } from './classic.js';
import { gdsf } from './gdsf.js';
import { leastContext, leastContextAlways } from './least-context.js';
import { value } from './value.js';
import { valueTuned } from './value-tuned.js';

export * from './classic.js';
export * from './demand.js';
export * from './gdsf.js';
export * from './least-context.js';
export * from './operators.js';
export * from './prefetch.js';
export * from './value.js';
export * from './value-tuned.js';

const builtIn: readonly CachingPolicy[] = [
  random(),
  cloudOnly,
  fifo,
  lru,
  lfu('LFU', 'max'),
  lfu('LFU-sum', 'sum'),
  lfu('LFU-always', 'always'),
  leastContext('LC', 'max'),
  leastContext('LC-sum', 'sum'),
  leastContextAlways,
  gdsf,
  value(),
  valueTuned,
];

/** Caching policies by name. Register your own to use it in a scenario or, from a `--module`, on the command line. */
export const cachingPolicies = new Registry<CachingPolicy>(
  'caching policy',
  Object.fromEntries(builtIn.map((policy) => [policy.name, policy])),
  checkCaching,
);
