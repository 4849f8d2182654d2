import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { POLICY_FILE } from '../../policy/policy-spec.js';
import { linesFigure } from '../../figures/lines.js';
import { writeFigure } from '../../figures/write-figure.js';
import { writeManifest } from '../../results/manifest.js';
import { readSpectrumModel, settingsOf } from './document.js';
import type { SpectrumModels } from './judge-models.js';
import type { GeneratorSettings } from './settings.js';
import type { TrainedModels } from './train.js';
import { CURVE_STEPS } from './training.js';

/** Writes a training: the generator as `policy.json`, its rivals beside it, the curve of its loss, a manifest. */
export async function writeModels(
  dir: string,
  settings: GeneratorSettings,
  { ssg, ridge, perceptron, losses }: TrainedModels,
  startedAt: Date,
): Promise<void> {
  const write = (name: string, document: PolicyDocument): Promise<void> =>
    writeFile(path.join(dir, name), `${JSON.stringify(document)}\n`);
  await write(POLICY_FILE, ssg);
  await write('ridge.json', ridge);
  await write('perceptron.json', perceptron);
  const points = losses.map((mean, k) => ({ series: 'SSG', x: (k + 1) * CURVE_STEPS, mean, ci95: 0 }));
  await writeFigure(
    dir,
    'loss',
    linesFigure(points, { title: 'Denoising loss', x: 'steps', y: 'mean squared error', isZeroBased: true }),
  );
  await writeManifest(dir, {
    kind: 'sensing-train',
    scenario: settings,
    seed: settings.seed,
    policy: 'ssg',
    startedAt,
  });
}

/**
 * Reads what {@link writeModels} wrote.
 *
 * @throws InvalidInputError a file is missing or none of ours
 */
export function readModels(dir: string): { models: SpectrumModels; settings: GeneratorSettings } {
  const model = readSpectrumModel(dir);
  const { document: ridge } = readSpectrumModel(path.join(dir, 'ridge.json'));
  const { document: perceptron } = readSpectrumModel(path.join(dir, 'perceptron.json'));
  return { models: { ssg: model.document, ridge, perceptron }, settings: settingsOf(model) };
}
