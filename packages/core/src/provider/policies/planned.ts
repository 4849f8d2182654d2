import type { ProviderPolicy } from '../policy.js';

/** Follows a plan made beforehand. @param plan `[m]` provider of every task, −1 to turn it away */
export function planned(name: string, plan: ArrayLike<number>): ProviderPolicy {
  return { name, begin: () => undefined, choose: ({ next }) => plan[next] };
}
