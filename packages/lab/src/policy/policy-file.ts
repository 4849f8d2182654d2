import { InvalidInputError } from '@metalore/core/errors';
import type { Policy } from '@metalore/core/policy';
import { onnxPolicy, readOnnx } from '@metalore/learn/onnx';
import { learnedPolicy, parsePolicyDocument } from '@metalore/learn/policy-file';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { parseText, readBytes, readDocument, textOf } from '../io/documents.js';
import { policyFile, splitPolicySpec } from './policy-spec.js';

/**
 * A policy from a file: a folder that `metalore train` wrote, its `policy.json`, or any ONNX model that turns an observation
 * into the two splits. With `#stochastic` behind a trained policy it draws from the learnt distribution instead of taking
 * its middle.
 *
 * @param observation what an ONNX model observes that does not say so itself
 * @throws InvalidInputError if it is missing or not a policy
 */
export function loadPolicyFile(spec: string, observation: readonly string[]): Policy {
  const file = policyFile(splitPolicySpec(spec).file);
  return policyOfBytes(readBytes(file), file, spec, observation);
}

/** The same from the bytes of a file. */
export function policyOfBytes(
  bytes: Buffer,
  file: string,
  spec: string,
  observation: readonly string[],
): Policy {
  const { stochastic } = splitPolicySpec(spec);
  if (!/\.onnx$/i.test(file)) {
    const document = parsePolicyDocument(parseText(textOf(bytes, file), file), file);
    return learnedPolicy(document, stochastic ? 'stochastic' : 'deterministic');
  }
  if (stochastic) {
    throw new InvalidInputError('policy', [
      { path: spec, message: 'an ONNX model has no distribution to draw from' },
    ]);
  }
  return onnxPolicy(readOnnx(bytes, file), file, observation);
}

/** The document of a trained policy: `policy.json` or the folder it stands in. */
export function readPolicyDocument(fileOrFolder: string): PolicyDocument {
  const file = policyFile(fileOrFolder);
  return parsePolicyDocument(readDocument(file), file);
}
