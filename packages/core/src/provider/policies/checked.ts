import { requireFunction, requireFunctions, type Check } from '../../registry/index.js';
import type { ProviderPolicy } from '../policy.js';

/** A user's policy names a provider that there is, or none. */
export const checkProviderPolicy: Check<() => ProviderPolicy> = (make, refuse, name) => {
  requireFunction(make, 'a function that makes a provider policy', refuse);
  return () => {
    const policy = make();
    const what = 'a provider policy { begin(simulator, seed), choose(simulator) }';
    requireFunctions(policy, ['begin', 'choose'], what, refuse);
    return {
      name: policy.name ?? name,
      begin: (simulator, seed) => policy.begin(simulator, seed),
      choose(simulator) {
        const provider = policy.choose(simulator);
        const { providers } = simulator.market;
        if (Number.isInteger(provider) && provider >= -1 && provider < providers) return provider;
        const accepted = `a provider from 0 to ${providers - 1}, or −1 to turn it away`;
        return refuse(`task ${simulator.next}`, provider, accepted);
      },
      ...(policy.observe && {
        observe: (simulator, task, provider, value) => policy.observe!(simulator, task, provider, value),
      }),
    };
  };
};
