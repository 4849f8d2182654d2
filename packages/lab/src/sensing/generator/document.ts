import { parseWith } from '@metalore/core/document';
import { antennaChoices, NINE, OBSERVED_RANGES } from '@metalore/core/sensing';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { asSpectrumModel, type SpectrumModel } from '@metalore/learn/sensing';
import { readPolicyDocument } from '../../policy/policy-file.js';
import { policyFile } from '../../policy/policy-spec.js';
import { generatorSettingsSchema, type GeneratorSettings } from './settings.js';

/** Antennas 1, 3, 5, 7, 9. */
const OBSERVED_PLACES: readonly number[] = antennaChoices.odd.map((k) => NINE[k]);

/**
 * A model as a policy file: 720 numbers in, 180 in [0, 1] out. Linear models may leave [0, 1]: cut off there, a peak would
 * have a flat top.
 */
export function spectrumDocument(
  algorithm: 'ssg' | 'ridge' | 'perceptron',
  model: PolicyDocument['model'],
  settings: GeneratorSettings,
): PolicyDocument {
  const degrees = Array.from({ length: 180 }, (_, bin) => `${bin + 0.5}°`);
  const [low, high] = algorithm === 'ssg' ? [0, 1] : [-9, 10];
  return {
    format: 'metalore-policy',
    version: 1,
    name: algorithm,
    features: OBSERVED_RANGES.flatMap((range) => degrees.map((name) => `${name}, ${range.toFixed(2)} λ`)),
    actions: { names: degrees, low: degrees.map(() => low), high: degrees.map(() => high) },
    model,
    training: { algorithm, positions: [...OBSERVED_PLACES], scan: 'fresnel', settings },
  };
}

/**
 * Reads a model that `metalore sensing train` wrote.
 *
 * @throws InvalidInputError it is no such file
 */
export function readSpectrumModel(fileOrFolder: string): SpectrumModel {
  const file = policyFile(fileOrFolder);
  return asSpectrumModel(readPolicyDocument(file), file);
}

/** How a model was trained. */
export function settingsOf({ document }: SpectrumModel): GeneratorSettings {
  return parseWith(generatorSettingsSchema, document.training.settings, document.name);
}
