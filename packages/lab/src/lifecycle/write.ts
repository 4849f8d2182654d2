import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ReputationSolution } from '@metalore/core/lifecycle';
import { withOutputFolder } from '../io/output-folder.js';
import { writeManifest } from '../results/manifest.js';
import type { LoadedLifecycle } from './load.js';
import type { LifecycleResult } from './run-script.js';

/** Writes what came of a script or of interactions: `result.json` and a manifest with the input. */
export async function writeLifecycleResult(
  out: string,
  { kind, document }: LoadedLifecycle,
  result: ReputationSolution | LifecycleResult,
  { input, startedAt }: { input: string; startedAt: Date },
): Promise<void> {
  await withOutputFolder(out, async (dir) => {
    await writeFile(path.join(dir, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
    await writeManifest(dir, { kind, scenario: document, startedAt, details: { input } });
  });
}
