import { parseWith } from '@metalore/core/document';
import { InvalidInputError } from '@metalore/core/errors';
import { RandomStream } from '@metalore/core/random';
import {
  BINS,
  checkCount,
  covarianceOf,
  findDrawnPeaks,
  judge,
  observe,
  OBSERVED_RANGES,
  partOf,
  ScanGrid,
  scans,
  sourceCount,
  type SensingInstance,
  type SensingSolution,
} from '@metalore/core/sensing';
import { z } from 'zod';
import { createActor } from '../policy-file/actor.js';
import type { PolicyDocument } from '../policy-file/document.js';

/** What turns an ambiguous spectrum into a clear one: the spectrum generator, and what it is held against. */
export const SPECTRUM_MODELS = ['ssg', 'ridge', 'perceptron'] as const;

const trainingSchema = z.object({
  algorithm: z.enum(SPECTRUM_MODELS),
  positions: z.array(z.number()).min(2).describe('antennas that are observed, wavelengths'),
  scan: z.enum(scans).describe('of the observed spectrum'),
});

/** A policy file that takes {@link observe}'s numbers and gives a spectrum of 180 in [0, 1]. */
export interface SpectrumModel {
  readonly document: PolicyDocument;
  readonly training: z.output<typeof trainingSchema>;
}

/**
 * Checks that a policy file is one of `metalore sensing train`.
 *
 * @throws InvalidInputError it is another policy
 */
export function asSpectrumModel(document: PolicyDocument, file: string): SpectrumModel {
  const { algorithm } = document.training;
  if (!SPECTRUM_MODELS.some((name) => name === algorithm)) {
    const message = `is a policy of ${JSON.stringify(algorithm)}, no spectrum generator; metalore sensing train makes them`;
    throw new InvalidInputError('spectrum generator', [{ path: file, message }]);
  }
  const sizes = [document.features.length, document.actions.names.length];
  const expected = [BINS * OBSERVED_RANGES.length, BINS];
  if (sizes.join() !== expected.join()) {
    const message = `takes ${sizes[0]} numbers and gives ${sizes[1]}; expected ${expected[0]} and ${expected[1]}: train it again`;
    throw new InvalidInputError('spectrum generator', [{ path: file, message }]);
  }
  return { document, training: parseWith(trainingSchema, document.training, file) };
}

/** The antennas of an instance that stand where a model's did, from 0; undefined where some do not. */
export function antennasOfModel(
  positions: readonly number[],
  { training }: SpectrumModel,
): number[] | undefined {
  const antennas = training.positions.map((x) => positions.findIndex((place) => Math.abs(place - x) < 1e-9));
  return antennas.includes(-1) ? undefined : antennas;
}

/**
 * Directions by a spectrum that a trained generator draws from the ambiguous one.
 *
 * @param antennas numbers from 0
 * @param seed of the sample; two seeds give two spectra
 * @throws InvalidInputError it was trained for another array
 */
export function senseByGenerator(
  instance: SensingInstance,
  antennas: readonly number[],
  { document, training }: SpectrumModel,
  seed: number,
): SensingSolution {
  const positions = antennas.map((k) => instance.positions[k]);
  checkArray(positions, training.positions);
  const covariance = partOf(covarianceOf(instance), antennas);
  const count = sourceCount(instance, covariance);
  checkCount(positions.length, count);
  const observation = observe(covariance, new ScanGrid(positions, training.scan, OBSERVED_RANGES), count);
  const spectrum = new Float64Array(document.actions.names.length);
  createActor(document).act(observation, 0, spectrum, 0, new RandomStream(seed, 'sensing/samples'));
  const estimates = findDrawnPeaks(spectrum, count);
  return {
    method: training.algorithm,
    scan: training.scan,
    spectrum: [...spectrum],
    estimates,
    ...judge(instance, antennas, estimates),
  };
}

function checkArray(positions: readonly number[], trained: readonly number[]): void {
  const isSame =
    positions.length === trained.length && positions.every((x, k) => Math.abs(x - trained[k]) < 1e-9);
  if (isSame) return;
  throw new InvalidInputError('option', [
    {
      path: '--method',
      message: `the generator was trained for antennas at ${trained.join(', ')}; these stand at ${positions.join(', ')}`,
    },
  ]);
}
