import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';

/** The file of a policy in the folder that `metalore train` writes. */
export const POLICY_FILE = 'policy.json';

const STOCHASTIC = '#stochastic';

/** The parts of what names a trained policy: a file or folder, and `#stochastic` behind it or not. */
export function splitPolicySpec(spec: string): { file: string; stochastic: boolean } {
  const stochastic = spec.endsWith(STOCHASTIC);
  return { file: stochastic ? spec.slice(0, -STOCHASTIC.length) : spec, stochastic };
}

/** Whether `--policy` names a file or folder, be it there or not, rather than a rule. */
export function isPolicyFile(spec: string): boolean {
  const { file } = splitPolicySpec(spec);
  return existsSync(file) || /\.(json|onnx)$/i.test(file) || /[\\/]/.test(file);
}

/** The file of a policy that is given as such or as its folder. */
export function policyFile(given: string): string {
  const file = existsSync(given) && statSync(given).isDirectory() ? path.join(given, POLICY_FILE) : given;
  if (!existsSync(file)) {
    const message =
      given === file ? 'no such file' : `holds no ${POLICY_FILE}: not a folder that metalore train wrote`;
    throw new InvalidInputError('policy', [{ path: given, message }]);
  }
  return file;
}
