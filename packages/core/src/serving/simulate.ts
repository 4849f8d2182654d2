import { InvalidInputError } from '../errors/index.js';
import type { ServingCosts } from './costs.js';
import { CostLedger } from './costs.js';
import { EdgeServer } from './edge-server.js';
import type { ServingInstance } from './instance.js';
import { totalSlots } from './instance.js';
import type { CacheObserver } from './model-cache.js';
import { ModelCache } from './model-cache.js';
import type { CachingPolicy } from './policy.js';

export interface SimulateOptions {
  /** For policies that draw random numbers. */
  readonly seed?: number;
  readonly observer?: CacheObserver;
}

/**
 * Runs a policy over an instance from an empty server. On a request, in this order: the policy counts it; a resident model
 * executes it, any other runs in the cloud; after a miss the policy decides on loading, which takes no time but costs.
 */
export function simulate(
  instance: ServingInstance,
  policy: CachingPolicy,
  { seed = 0, observer = {} }: SimulateOptions = {},
): ServingCosts {
  const server = new EdgeServer(instance.params, instance.services);
  const ledger = new CostLedger(instance);
  const state = policy.start(instance, server, seed);
  const cache = new ModelCache(server, state, ledger, observer);
  const { slot, service } = instance;
  const { timer } = state;
  if (timer !== undefined) checkSpan(instance, policy.name, timer.every);
  let ticks = 0;
  for (let index = 0; index < slot.length; index++) {
    const now = slot[index];
    for (; timer !== undefined && ticks * timer.every <= now; ticks++) timer.run(ticks * timer.every, cache);
    cache.request(service[index], now);
  }
  const end = totalSlots(instance);
  for (; timer !== undefined && ticks * timer.every < end; ticks++) timer.run(ticks * timer.every, cache);
  return ledger.perSlot();
}

/** Ticks of a policy's timer at most, whichever is more: this many (100,000 slots of four), or 1,000 a request. */
const MAX_TICKS = 400_000;
const MAX_TICKS_PER_REQUEST = 1000;

function checkSpan(instance: ServingInstance, policy: string, every: number): void {
  const ticks = totalSlots(instance) / every;
  if (ticks <= Math.max(MAX_TICKS, MAX_TICKS_PER_REQUEST * instance.slot.length)) return;
  throw new InvalidInputError('caching instance', [
    {
      path: 'requests',
      message: `${instance.slot.length} requests up to slot ${totalSlots(instance)}: policy ${policy} would act ${Math.round(ticks)} times; count slots from the first request`,
    },
  ]);
}
