import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';

/** The file of a policy in the folder that `metalore train` writes. */
export const POLICY_FILE = 'policy.json';

/** What names a trained policy, and what it says of it behind `#`. */
export interface PolicySpec {
  /** A file or folder. */
  readonly file: string;
  /** Draws from the learnt distribution. */
  readonly stochastic: boolean;
  /** Of an ONNX model: which output is the action. */
  readonly output?: string;
  /** Of an ONNX model: between which numbers its actions lie. */
  readonly range?: readonly [low: number, high: number];
}

/**
 * The parts of `FILE#stochastic`, or of `FILE#output=NAME#range=LOW,HIGH`, either of which may be left out.
 *
 * @throws InvalidInputError a range that is none
 */
export function splitPolicySpec(spec: string): PolicySpec {
  const tail = /#(stochastic|output=[^#]*|range=[^#]*)$/.exec(spec);
  if (tail === null) return { file: spec, stochastic: false };
  const rest = splitPolicySpec(spec.slice(0, tail.index));
  const [key, value] = tail[1].split(/=(.*)/s);
  if (key === 'stochastic') return { ...rest, stochastic: true };
  return key === 'output' ? { ...rest, output: value } : { ...rest, range: rangeOf(spec, value) };
}

/** What `--policy` names, with what `--output` and `--action-range` say of it. */
export function policySpecOf({
  policy,
  output,
  actionRange,
}: {
  policy: string;
  output?: string;
  actionRange?: string;
}): string {
  if (output === undefined && actionRange === undefined) return policy;
  if (!/\.onnx$/i.test(splitPolicySpec(policy).file)) {
    const path = output === undefined ? '--action-range' : '--output';
    throw new InvalidInputError('option', [{ path, message: `is for ONNX files; --policy is ${policy}` }]);
  }
  const parts = [policy];
  if (output !== undefined) parts.push(`output=${output}`);
  if (actionRange !== undefined) parts.push(`range=${actionRange}`);
  return parts.join('#');
}

function rangeOf(spec: string, text: string): [number, number] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [low, high] = numbers;
  if (numbers.length === 2 && low < high && Number.isFinite(high - low)) return [low, high];
  const message = `"${text}" is no range of actions; expected LOW,HIGH with LOW < HIGH, as in -1,1`;
  throw new InvalidInputError('policy', [{ path: spec, message }]);
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
