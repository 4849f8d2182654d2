import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Policy } from '@metalore/core/policy';
import { onnxPolicy, readOnnx } from '@metalore/learn/onnx';
import { learnedPolicy, parsePolicyDocument } from '@metalore/learn/policy-file';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { readDocument } from '../io/documents.js';
import { splitPolicySpec } from './policy-spec.js';

/** The file of a policy in the folder that `metalore train` writes. */
export const POLICY_FILE = 'policy.json';

/**
 * A policy from a file: a folder that `metalore train` wrote, its `policy.json`, or any ONNX model that turns an observation
 * into the two splits. With `#stochastic` behind a trained policy it draws from the learnt distribution instead of taking
 * its middle.
 *
 * @param observation what an ONNX model observes that does not say so itself
 * @throws InvalidInputError if it is missing or not a policy
 */
export function loadPolicyFile(spec: string, observation: readonly string[]): Policy {
  const { file: given, stochastic } = splitPolicySpec(spec);
  const file = policyFile(given);
  if (!file.endsWith('.onnx')) {
    return learnedPolicy(readPolicyDocument(file), stochastic ? 'stochastic' : 'deterministic');
  }
  if (stochastic) {
    throw new InvalidInputError('policy', [
      { path: spec, message: 'an ONNX model has no distribution to draw from' },
    ]);
  }
  return onnxPolicy(readOnnx(readFileSync(file), file), file, observation);
}

/** The document of a trained policy: `policy.json` or the folder it stands in. */
export function readPolicyDocument(fileOrFolder: string): PolicyDocument {
  const file = policyFile(fileOrFolder);
  return parsePolicyDocument(readDocument(file), file);
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
