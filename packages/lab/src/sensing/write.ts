import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SensingInstance, SensingSolution } from '@metalore/core/sensing';
import { writeFigure } from '../figures/write-figure.js';
import { withOutputFolder } from '../io/output-folder.js';
import { writeManifest } from '../results/manifest.js';
import { spectrumFigure } from './spectrum-figure.js';

/** Writes estimates, and how a generator drew the spectrum: `result.json`, the spectrum as `spectrum.svg` and `.png`, a manifest. */
export async function writeSensingResult(
  out: string,
  instance: SensingInstance,
  solution: SensingSolution,
  { input, startedAt, generation }: { input: string; startedAt: Date; generation?: string | undefined },
): Promise<void> {
  const { method, scan } = solution;
  await withOutputFolder(out, async (dir) => {
    await writeFile(path.join(dir, 'result.json'), `${JSON.stringify(solution, null, 2)}\n`);
    await writeFigure(dir, 'spectrum', spectrumFigure(solution));
    if (generation !== undefined) await writeFigure(dir, 'generation', generation);
    await writeManifest(dir, {
      kind: 'sensing',
      scenario: instance,
      policy: method,
      startedAt,
      details: { input, scan },
    });
  });
}
