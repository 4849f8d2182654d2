import { existsSync } from 'node:fs';

const STOCHASTIC = '#stochastic';

/** The parts of what names a trained policy: a file or folder, and `#stochastic` behind it or not. */
export function splitPolicySpec(spec: string): { file: string; stochastic: boolean } {
  const stochastic = spec.endsWith(STOCHASTIC);
  return { file: stochastic ? spec.slice(0, -STOCHASTIC.length) : spec, stochastic };
}

/** Whether `--policy` names a file or folder, be it there or not, rather than a rule. */
export function isPolicyFile(spec: string): boolean {
  const { file } = splitPolicySpec(spec);
  return existsSync(file) || /\.(json|onnx)$/.test(file) || /[\\/]/.test(file);
}
