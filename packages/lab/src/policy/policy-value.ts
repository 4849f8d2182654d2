import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { parsePolicy, policies } from '@metalore/core/policy';
import type { Policy } from '@metalore/core/policy';
import { readBytes } from '../io/documents.js';
import { isPolicyFile, policyFile, splitPolicySpec } from './policy-spec.js';

/**
 * A policy as plain data and complete in itself: it decides the same on whatever machine it comes to, and whatever has become
 * of its file. What is computed with it can be named by its content.
 */
export interface PolicyValue {
  /** As after `--policy`: a rule (`fixed:0.3,0.3`, `queue-proportional`, …), or where the file was read. */
  readonly spec: string;
  /** Of a trained policy: what was read. */
  readonly file?: { readonly name: string; readonly sha256: string; readonly base64: string };
}

/** What an ONNX model observes that does not say so itself: the paper's pair (paper 000, eq. 3). */
const PAPER_OBSERVATION = ['request-queue-jobs', 'update-queue-jobs'];

/**
 * Reads what stands after `--policy`: a rule, or a trained policy (a folder that `metalore train` wrote, its `policy.json`, an
 * ONNX file, with what stands in a file beside it).
 *
 * @throws InvalidInputError if a file is missing, or its tensors stand in another folder
 */
export async function readPolicyValue(spec: string): Promise<PolicyValue> {
  if (policies.has(spec.split(':')[0]) || !isPolicyFile(spec)) return { spec };
  const name = policyFile(splitPolicySpec(spec).file);
  const bytes = /\.onnx$/i.test(name) ? await readModel(name) : readBytes(name);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { spec, file: { name, sha256, base64: Buffer.from(bytes).toString('base64') } };
}

/** An ONNX model with all its tensors. */
async function readModel(file: string): Promise<Uint8Array> {
  const { withExternalData } = await import('@metalore/learn/onnx');
  const folder = path.dirname(file);
  return withExternalData(readBytes(file), file, (name) => {
    const neighbour = path.join(folder, name);
    const bytes = readBytes(neighbour);
    if (path.dirname(realpathSync(neighbour)) === realpathSync(folder)) return bytes;
    const message = 'holds tensors of the model and is a link out of its folder; put the file itself there';
    throw new InvalidInputError('policy', [{ path: neighbour, message }]);
  });
}

/** @throws InvalidInputError, UnknownNameError with the rules that exist */
export async function policyOfValue({ spec, file }: PolicyValue): Promise<Policy> {
  if (file === undefined) return parsePolicy(spec);
  // The networks are loaded by whoever uses them.
  const { policyOfBytes } = await import('./policy-file.js');
  return policyOfBytes(Buffer.from(file.base64, 'base64'), file.name, spec, PAPER_OBSERVATION);
}

/** {@link policyOfValue} of {@link readPolicyValue}. */
export async function loadPolicy(spec: string): Promise<Policy> {
  return policyOfValue(await readPolicyValue(spec));
}
