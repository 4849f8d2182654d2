import { simulate, solveOffline } from '@metalore/core/serving';
import type { CachingPolicy, ServingCosts, ServingInstance } from '@metalore/core/serving';
import { startProgress } from '../terminal/progress.js';

/** What `metalore caching --json` prints. All costs per slot. */
export interface CachingResult {
  readonly policies: Readonly<Record<string, ServingCosts>>;
  /** What each policy holds at the end: a list to keep alive, in the order in which it was loaded. */
  readonly residents: Readonly<Record<string, readonly string[]>>;
  /** No policy that loads on a miss can cost less. */
  readonly lowerBound: number;
  /** What a plan that knows all requests costs. */
  readonly clairvoyant: number;
  readonly seconds: number;
}

/** Runs policies over one instance, and the offline bound and plan beside them. */
export function runPolicies(
  instance: ServingInstance,
  policies: readonly CachingPolicy[],
  seed: number,
): CachingResult {
  const start = performance.now();
  const progress = startProgress('policies', policies.length + 1);
  const results: Record<string, ServingCosts> = {};
  const residents: Record<string, string[]> = {};
  for (const policy of policies) {
    const resident = new Set<number>();
    const observer = {
      onLoad: (service: number) => void resident.add(service),
      onEvict: (service: number) => void resident.delete(service),
    };
    results[policy.name] = simulate(instance, policy, { seed, observer });
    residents[policy.name] = [...resident].map((service) => instance.services[service].name);
    progress.advance();
  }
  const { bound, clairvoyant } = solveOffline(instance);
  progress.stop();
  return {
    policies: results,
    residents,
    lowerBound: bound.perSlot,
    clairvoyant: clairvoyant.perSlot,
    seconds: (performance.now() - start) / 1000,
  };
}
