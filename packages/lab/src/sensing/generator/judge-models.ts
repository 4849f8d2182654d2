import { assignErrors, findDrawnPeaks } from '@metalore/core/sensing';
import type { PairSource, SimulatedInstance } from '@metalore/core/sensing';
import { RandomStream } from '@metalore/core/random';
import { createActor, type PolicyDocument } from '@metalore/learn/policy-file';
import { SpectrumSampler } from './sampler.js';
import { OBSERVED, SPECTRUM } from './settings.js';

/** The three models of a training. */
export interface SpectrumModels {
  readonly ssg: PolicyDocument;
  readonly ridge: PolicyDocument;
  readonly perceptron: PolicyDocument;
}

/** One draw, judged by one method. */
export interface JudgedRow {
  readonly method: string;
  readonly seed: number;
  /** Largest error of its sources, degrees; {@link NOT_FOUND} where one was not found. */
  readonly worstDeg: number;
  readonly errorsDeg: readonly number[];
  /** Distances of the estimates from their sources where ranges are known, wavelengths. */
  readonly placesLambda: readonly number[];
  /** Mean squared difference to the clear spectrum; NaN for methods that have no spectrum to compare. */
  readonly squaredError: number;
}

/** Error that stands for a source without an estimate, degrees. */
export const NOT_FOUND = 180;

/** Samples that are averaged beside a single one. */
const SAMPLES = 8;

/**
 * Judges the models on draws: ridge, perceptron, one sample of the generator, the mean of eight, and one sample for the
 * observation of another draw, which must find nothing.
 */
export function judgeModels(
  { ssg, ridge, perceptron }: SpectrumModels,
  instances: readonly SimulatedInstance[],
  source: PairSource,
): JudgedRow[] {
  const count = instances.length;
  const pairs = instances.map((instance) => source.of(instance));
  const observations = new Float64Array(count * OBSERVED);
  pairs.forEach(({ observation }, row) => observations.set(observation, row * OBSERVED));
  const rows: JudgedRow[] = [];
  const judge = (method: string, spectra: Float64Array): void => {
    instances.forEach((instance, row) => {
      const spectrum = spectra.subarray(row * SPECTRUM, (row + 1) * SPECTRUM);
      const truth = instance.sources.map(({ thetaDeg }) => thetaDeg);
      const found = findDrawnPeaks(spectrum, truth.length).map(({ thetaDeg }) => thetaDeg);
      const errorsDeg = assignErrors(truth, found);
      const { target } = pairs[row];
      const squaredError = target.reduce((sum, value, k) => sum + (value - spectrum[k]) ** 2 / SPECTRUM, 0);
      rows.push({ method, seed: instance.seed, ...errorsOf(instance, errorsDeg), squaredError });
    });
  };
  for (const document of [ridge, perceptron]) judge(document.name, acted(document, observations, count));
  const sampler = new SpectrumSampler(ssg, count);
  const stream = new RandomStream(instances[0].seed, 'sensing/samples');
  const first = sampler.draw(observations, count, stream).slice();
  judge('SSG', first);
  const mean = first.map((value) => value / SAMPLES);
  for (let sample = 1; sample < SAMPLES; sample++) {
    sampler.draw(observations, count, stream).forEach((value, k) => (mean[k] += value / SAMPLES));
  }
  judge('SSG, mean of 8', mean);
  const turned = new Float64Array(observations.length);
  turned.set(observations.subarray(OBSERVED));
  turned.set(observations.subarray(0, OBSERVED), observations.length - OBSERVED);
  judge('SSG, shuffled', sampler.draw(turned, count, stream));
  return rows;
}

/**
 * Errors of a draw. With a known range r an error Δ of the direction misses the source by 2 r sin(Δ/2) (paper 002, first
 * paper, fig. 4 e).
 */
export function errorsOf(
  { sources }: SimulatedInstance,
  errors: readonly (number | null)[],
): Pick<JudgedRow, 'worstDeg' | 'errorsDeg' | 'placesLambda'> {
  const errorsDeg = errors.map((error) => error ?? NOT_FOUND);
  const placesLambda = sources.map(
    ({ rangeLambda }, k) => 2 * rangeLambda * Math.sin((errorsDeg[k] * Math.PI) / 360),
  );
  return { worstDeg: Math.max(...errorsDeg), errorsDeg, placesLambda };
}

function acted(document: PolicyDocument, observations: Float64Array, count: number): Float64Array {
  const actor = createActor(document);
  const spectra = new Float64Array(count * SPECTRUM);
  for (let row = 0; row < count; row++) actor.act(observations, row * OBSERVED, spectra, row * SPECTRUM);
  return spectra;
}
