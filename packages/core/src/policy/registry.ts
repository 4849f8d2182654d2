import { InvalidInputError } from '../errors/index.js';
import { Registry } from '../registry/index.js';
import { checkPolicy } from './checked.js';
import type { Policy, PolicyFactory } from './policy.js';
import {
  ageAware,
  ageMatching,
  demandProportional,
  fixed,
  fixedPerCell,
  maxWeight,
  queueProportional,
  uniformRandom,
} from './rules.js';

/** Policies that need no learning, by name. */
export const policies = new Registry<PolicyFactory>(
  'policy',
  {
    fixed: (parameters) => {
      const count = parameters.length;
      if (count === 0 || count % 2 === 1 || !parameters.every((share) => share >= 0 && share <= 1)) {
        throw new InvalidInputError('policy', [
          {
            path: 'fixed',
            message: `"${parameters.join(',')}": expected two shares in [0, 1], as in fixed:0.3,0.4, or two for every cell`,
          },
        ]);
      }
      return count === 2 ? fixed(parameters[0], parameters[1]) : fixedPerCell(parameters);
    },
    random: () => uniformRandom(),
    'demand-proportional': () => demandProportional(),
    'queue-proportional': ([weight]) => queueProportional(positive('queue-proportional', weight, 1)),
    'age-matching': ([exponent]) => ageMatching(positive('age-matching', exponent, 1)),
    'max-weight': ([weight]) => maxWeight(positive('max-weight', weight, 1)),
    'age-aware': ([gain]) => ageAware(positive('age-aware', gain, 0.02)),
  },
  checkPolicy,
);

function positive(path: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (value > 0) return value;
  throw new InvalidInputError('policy', [{ path, message: `${value}: expected a number above 0` }]);
}

/**
 * Makes a policy from its text form, `NAME` or `NAME:number,number`.
 *
 * @throws UnknownNameError, InvalidInputError
 */
export function parsePolicy(text: string): Policy {
  const [name, rest] = text.split(/:(.*)/s) as [string, string?];
  const factory = policies.get(name, '--policy');
  const parts = rest?.split(',') ?? [];
  const wrong = parts.find((part) => part.trim() === '' || Number.isNaN(Number(part)));
  if (wrong !== undefined) {
    throw new InvalidInputError('policy', [
      { path: name, message: `"${wrong}" in "${text}": expected a number` },
    ]);
  }
  return factory(parts.map(Number));
}
