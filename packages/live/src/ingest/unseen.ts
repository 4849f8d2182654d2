import type { Policy } from '@metalore/core/policy';

/** What a policy reads and a server does not see: what its devices have not sent yet. Undefined if it sees everything. */
export function unseenFeature({ features }: Policy): string | undefined {
  return features.find((feature) => /-mbit$|-uplink-age-/.test(feature));
}

/** Why such a policy is refused. */
export function whyUnseen(policy: string, feature: string): string {
  return `${policy} reads ${feature}, which a server does not see of devices that are real`;
}
