import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LifecycleScript, ReputationSolution } from '@metalore/core/lifecycle';
import { withOutputFolder } from '../io/output-folder.js';
import { writeManifest } from '../results/manifest.js';
import type { LoadedLifecycle } from './load.js';
import type { LifecycleResult } from '@metalore/chain';

/**
 * Writes what came of a script or of interactions: `result.json` and a manifest with the input; of a script also what other
 * Ethereum clients replay.
 */
export async function writeLifecycleResult(
  out: string,
  loaded: LoadedLifecycle,
  result: ReputationSolution | LifecycleResult,
  { input, startedAt }: { input: string; startedAt: Date },
): Promise<void> {
  const { kind, document } = loaded;
  await withOutputFolder(out, async (dir) => {
    await writeFile(path.join(dir, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
    if (loaded.kind === 'lifecycle') await writeSigned(dir, loaded.script);
    await writeManifest(dir, { kind, scenario: document, startedAt, details: { input } });
  });
}

/** `genesis.json` and `transactions.json`: signed transactions that lead any client from that state to the same root. */
export async function writeSigned(dir: string, script: LifecycleScript): Promise<void> {
  const { signScript } = await import('@metalore/chain');
  const { genesis, ...signed } = await signScript(script);
  await writeFile(path.join(dir, 'genesis.json'), `${JSON.stringify(genesis, null, 2)}\n`);
  await writeFile(path.join(dir, 'transactions.json'), `${JSON.stringify(signed, null, 2)}\n`);
}
