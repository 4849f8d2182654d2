import { existsSync } from 'node:fs';
import { learnedProviderPolicy } from '@metalore/learn/policy-file';
import { InvalidInputError } from '@metalore/core/errors';
import { boundsOf, createMarket, planned, providerPolicies, relax, simulate } from '@metalore/core/provider';
import type {
  EventListener,
  ProviderBounds,
  ProviderInstance,
  ProviderOutcome,
  ProviderPolicy,
  Relaxation,
} from '@metalore/core/provider';
import { readPolicyDocument } from '../policy/policy-file.js';
import { offlinePlan } from './offline.js';

/** What `metalore provider --json` prints. */
export interface ProviderResult extends ProviderOutcome {
  /** `offline` only: whether HiGHS proved that no crash-free plan is better; else `bound.crashFree` says how far it can be. */
  readonly exact?: boolean;
  readonly bound: ProviderBounds;
  /** Time of policy and bounds, s. */
  readonly seconds: number;
}

/** Names of {@link runProvider}'s policies. */
export const providerPolicyNames = (): string[] => [...providerPolicies.names(), 'offline'];

/**
 * Runs a policy over an instance, and both bounds beside it.
 *
 * @param name of {@link providerPolicyNames}, or what `metalore train` wrote
 * @throws InvalidInputError with the names that exist, or a policy for other providers
 */
export async function runProvider(
  instance: ProviderInstance,
  name: string,
  { seed, onEvent }: { seed: number; onEvent?: EventListener | undefined },
): Promise<ProviderResult> {
  const start = performance.now();
  const market = createMarket(instance);
  let found: Relaxation | undefined;
  const relaxation = (): Relaxation => (found ??= relax(market));
  const offline = name === 'offline' ? await offlinePlan(market, relaxation) : undefined;
  const policy =
    offline === undefined ? namedPolicy(name, market.providers) : planned(name, offline.assignment);
  const outcome = simulate(market, policy, { seed, ...(onEvent === undefined ? {} : { onEvent }) });
  return {
    ...outcome,
    ...(offline === undefined ? {} : { exact: offline.exact }),
    bound: boundsOf(market, relaxation()),
    seconds: (performance.now() - start) / 1e3,
  };
}

function namedPolicy(name: string, providers: number): ProviderPolicy {
  if (providerPolicies.has(name)) return providerPolicies.get(name)();
  const looksLikeFile = /[./\\]/.test(name) || existsSync(name);
  if (!looksLikeFile) {
    const message = `"${name}" is neither a run of metalore train nor one of ${providerPolicyNames().join(', ')}`;
    throw new InvalidInputError('option', [{ path: '--policy', message }]);
  }
  return learnedProviderPolicy(readPolicyDocument(name), providers, name);
}
