import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SensingInstance, SensingSolution } from '@metalore/core/sensing';
import { writeFigure } from '../figures/render.js';
import { withOutputFolder } from '../io/output-folder.js';
import { writeManifest } from '../results/manifest.js';
import { spectrumFigure } from './spectrum-figure.js';

/** Writes estimates: `result.json`, the spectrum as `spectrum.svg` and `.png`, a manifest. */
export async function writeSensingResult(
  out: string,
  instance: SensingInstance,
  solution: SensingSolution,
  { input, startedAt }: { input: string; startedAt: Date },
): Promise<void> {
  const { method, scan } = solution;
  await withOutputFolder(out, async (dir) => {
    await writeFile(path.join(dir, 'result.json'), `${JSON.stringify(solution, null, 2)}\n`);
    await writeFigure(dir, 'spectrum', spectrumFigure(solution));
    await writeManifest(dir, {
      kind: 'sensing',
      scenario: instance,
      policy: method,
      startedAt,
      details: { input, scan },
    });
  });
}
