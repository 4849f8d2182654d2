import { parsePolicy, policies } from '@metalore/core/policy';
import type { Policy } from '@metalore/core/policy';
import { isPolicyFile } from './policy-spec.js';

/** What an ONNX model observes that does not say so itself: the paper's pair (paper 000, eq. 3). */
const PAPER_OBSERVATION = ['request-queue-jobs', 'update-queue-jobs'];

/**
 * A policy from what stands after `--policy`: a rule (`fixed:0.3,0.3`, `queue-proportional`, …) or a trained policy (a folder
 * that `metalore train` wrote, its `policy.json`, an ONNX file).
 *
 * @throws InvalidInputError, UnknownNameError with the rules that exist
 */
export async function loadPolicy(spec: string): Promise<Policy> {
  const isRule = policies.has(spec.split(':')[0]);
  if (!isRule && isPolicyFile(spec)) {
    // The networks are loaded by whoever uses them.
    const { loadPolicyFile } = await import('./policy-file.js');
    return loadPolicyFile(spec, PAPER_OBSERVATION);
  }
  return parsePolicy(spec);
}
