import { InvalidInputError } from '@metalore/core/errors';
import type { Policy } from '@metalore/core/policy';
import { onnxPolicy } from '@metalore/learn/onnx';
import { learnedPolicy, parsePolicyDocument } from '@metalore/learn/policy-file';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { parseText, readDocument, textOf } from '../io/documents.js';
import { policyFile, splitPolicySpec } from './policy-spec.js';

/**
 * A policy from the bytes of a file: the `policy.json` of a folder that `metalore train` wrote, or any ONNX model that turns
 * an observation into the two splits. With `#stochastic` behind a trained policy it draws from the learnt distribution
 * instead of taking its middle; `#output=NAME` and `#range=LOW,HIGH` say of an ONNX model what it does not say itself.
 *
 * @param observation what an ONNX model observes that does not say so itself
 * @throws InvalidInputError if it is not a policy
 */
export async function policyOfBytes(
  bytes: Buffer,
  file: string,
  spec: string,
  observation: readonly string[],
): Promise<Policy> {
  const { stochastic, output, range } = splitPolicySpec(spec);
  const refuse = (message: string): never => {
    throw new InvalidInputError('policy', [{ path: spec, message }]);
  };
  if (!/\.onnx$/i.test(file)) {
    if (output !== undefined || range !== undefined) {
      return refuse('an output and a range are of ONNX models; a policy document says both itself');
    }
    const document = parsePolicyDocument(parseText(textOf(bytes, file), file), file);
    return learnedPolicy(document, stochastic ? 'stochastic' : 'deterministic');
  }
  if (stochastic) return refuse('an ONNX model has no distribution to draw from');
  return onnxPolicy(bytes, file, { features: observation, output, actionRange: range });
}

/** The document of a trained policy: `policy.json` or the folder it stands in. */
export function readPolicyDocument(fileOrFolder: string): PolicyDocument {
  const file = policyFile(fileOrFolder);
  return parsePolicyDocument(readDocument(file), file);
}
