import { existsSync } from 'node:fs';
import { InvalidInputError } from '@metalore/core/errors';
import { parsePolicy, policies } from '@metalore/core/policy';
import type { Policy } from '@metalore/core/policy';

/**
 * A policy from what stands after `--policy`: a rule (`fixed:0.3,0.3`, `queue-proportional`, …).
 *
 * @throws InvalidInputError, UnknownNameError with the rules that exist
 */
export async function loadPolicy(spec: string): Promise<Policy> {
  const isRule = policies.has(spec.split(':')[0]!);
  if (!isRule && existsSync(spec)) {
    throw new InvalidInputError('policy', [
      { path: '--policy', message: `"${spec}" is not a trained policy` },
    ]);
  }
  return parsePolicy(spec);
}
