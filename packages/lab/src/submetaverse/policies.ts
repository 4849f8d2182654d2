import { InvalidInputError } from '@metalore/core/errors';
import type { Policy } from '@metalore/core/policy';
import type { Scenario } from '@metalore/core/scenario';

/** TEMPORARY until core/policy stands. */
export function loadPolicy(spec: string, _scenario: Scenario): Promise<Policy> {
  const match = /^fixed:([\d.]+),([\d.]+)$/.exec(spec);
  if (!match) throw new InvalidInputError('policy', [{ path: '--policy', message: `"${spec}"` }]);
  const [rhoC, rhoP] = [Number(match[1]), Number(match[2])];
  return Promise.resolve({
    name: spec,
    features: [],
    reset: () => undefined,
    act(_observation: Float64Array, _offset: number, action: Float64Array, at: number) {
      action[at] = rhoC;
      action[at + 1] = rhoP;
    },
  });
}
