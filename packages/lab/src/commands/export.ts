import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InternalError, InvalidInputError } from '@metalore/core/errors';
import type { Command } from 'commander';
import { policyFile } from '../policy/policy-spec.js';
import { version } from '../results/manifest.js';
import { print, printJson } from '../terminal/output.js';

interface ExportOptions {
  onnx?: true;
  out?: string;
  json?: true;
}

/** Largest difference between a split in ONNX Runtime and in MetaLore. */
const TOLERANCE = 1e-5;

/** `metalore export POLICY --onnx`: a trained policy for other programs. */
export function registerExport(program: Command): void {
  program
    .command('export')
    .description('Write a trained policy as ONNX, checked against ONNX Runtime')
    .argument('<policy>', 'a folder that metalore train wrote, or its policy.json')
    .option('--onnx', 'as an ONNX model (the one format there is)')
    .option('--out <file>', 'the file to write (default: policy.onnx beside policy.json)')
    .option('--json', 'print one JSON object')
    .action(exportPolicy);
}

async function exportPolicy(policyPath: string, options: ExportOptions): Promise<void> {
  if (!options.onnx) {
    throw new InvalidInputError('option', [{ path: '--onnx', message: 'say into what to export: --onnx' }]);
  }
  const { readPolicyDocument } = await import('../policy/policy-file.js');
  const { exportOnnx } = await import('@metalore/learn/onnx');
  const { largestDifference } = await import('../learn/onnx-check.js');
  const document = readPolicyDocument(policyPath);
  const bytes = exportOnnx(document);
  const { difference, observations } = await largestDifference(document, bytes);
  if (!(difference <= TOLERANCE)) {
    throw new InternalError(
      `ONNX Runtime differs by ${difference} from the policy; expected at most ${TOLERANCE}`,
    );
  }
  const out = options.out ?? path.join(path.dirname(policyFile(policyPath)), 'policy.onnx');
  await writeFile(out, bytes);
  if (options.json)
    printJson({ policy: policyPath, out, bytes: bytes.length, observations, difference, version });
  else {
    print(
      `${out}: ${bytes.length} bytes; ONNX Runtime agrees to ${difference.toExponential(1)} on ${observations} observations`,
    );
  }
}
