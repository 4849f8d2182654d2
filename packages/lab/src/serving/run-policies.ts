import { simulate, solveOffline } from '@metalore/core/serving';
import type { CachingPolicy, ServingCosts, ServingInstance } from '@metalore/core/serving';
import { startProgress } from '../terminal/progress.js';

/** What `metalore caching --json` prints. All costs per slot. */
export interface CachingResult {
  readonly policies: Readonly<Record<string, ServingCosts>>;
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
  for (const policy of policies) {
    results[policy.name] = simulate(instance, policy, { seed });
    progress.advance();
  }
  const { bound, clairvoyant } = solveOffline(instance);
  progress.stop();
  return {
    policies: results,
    lowerBound: bound.perSlot,
    clairvoyant: clairvoyant.perSlot,
    seconds: (performance.now() - start) / 1000,
  };
}
