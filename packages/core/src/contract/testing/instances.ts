import type { RandomStream } from '../../random/index.js';
import { drawContractInstance } from '../draw.js';
import type { ContractInstance } from '../instance.js';

/** `scenarios/contract-reference.yaml`. */
export const reference: ContractInstance = {
  link: { snrPerWattDb: 18, bandwidthMhz: 1, roundS: 1 },
  cost: { perJoule: 4, perMbit: 0.15 },
  value: { scale: 6, unusableShare: 0.05 },
  threshold: 0.2,
  types: [
    { efficiency: 0.7, share: 0.2 },
    { efficiency: 1, share: 0.3 },
    { efficiency: 1.4, share: 0.3 },
    { efficiency: 1.9, share: 0.2 },
  ],
  maxMbit: 6,
  maxPayment: 12,
};

/** A drawn state, in half of all cases with other constants: worthless providers, no threshold, other links and units. */
export function randomInstance(seed: number, stream: RandomStream, maxTypes = 8): ContractInstance {
  const types = 1 + stream.integer(maxTypes);
  const usual = drawContractInstance({ seed, types });
  if (stream.uniform() < 0.5) return usual;
  return {
    ...usual,
    link: {
      ...usual.link,
      bandwidthMhz: 0.2 + 5 * stream.uniform(),
      roundS: 0.1 + 2 * stream.uniform(),
    },
    cost: { perJoule: stream.uniform() < 0.2 ? 0 : 8 * stream.uniform(), perMbit: stream.uniform() },
    value: { ...usual.value, scale: 4 * stream.uniform() },
    threshold: stream.uniform() < 0.3 ? 0 : stream.uniform(),
    maxMbit: 0.5 + 12 * stream.uniform(),
  };
}

/** The same instance with value, cost and threshold in a money of which k units are one. */
export function inOtherMoney(instance: ContractInstance, k: number): ContractInstance {
  const { cost, value, threshold } = instance;
  return {
    ...instance,
    cost: { perJoule: k * cost.perJoule, perMbit: k * cost.perMbit },
    value: { ...value, scale: k * value.scale },
    threshold: k * threshold,
  };
}
