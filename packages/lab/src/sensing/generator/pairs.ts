import { DEFAULT_RANGES, drawSensing, PairSource, type Impairments } from '@metalore/core/sensing';
import { RandomStream } from '@metalore/core/random';
import { normalised } from '@metalore/learn/policy-file';
import { NOISE, OBSERVED, SPECTRUM, TRAINING_DRAWS, type GeneratorSettings } from './settings.js';

/** Pairs of spectra in rows. */
export interface Pairs {
  readonly count: number;
  /** `[count × 720]` */
  readonly observations: Float32Array;
  /** `[count × 180]` in [0, 1] */
  readonly targets: Float32Array;
}

/** Room for pairs; {@link fillPairs} fills it. */
export function emptyPairs(count: number): Pairs {
  return {
    count,
    observations: new Float32Array(count * OBSERVED),
    targets: new Float32Array(count * SPECTRUM),
  };
}

/** Draws the pairs `from` … `to` − 1 of a training. */
export function fillPairs(
  pairs: Pairs,
  { seed, profile, waves }: GeneratorSettings,
  from: number,
  to: number,
): void {
  const impairments: Impairments = { waves };
  const first = TRAINING_DRAWS * (1 + seed);
  const { ranges = DEFAULT_RANGES } = drawSensing(first, profile);
  const source = new PairSource({ ranges, impairments });
  for (let row = from; row < to; row++) {
    const { observation, target } = source.of(drawSensing(first + row, profile));
    pairs.observations.set(observation, row * OBSERVED);
    pairs.targets.set(target, row * SPECTRUM);
  }
}

/** Number of pairs that are learnt from: four fifths. */
export function learntPairs(count: number): number {
  return Math.floor(0.8 * count);
}

/** Mean and variance of every number of an observation, over the pairs that are learnt from. */
export function observationMoments({ count, observations }: Pairs): { mean: number[]; variance: number[] } {
  const rows = learntPairs(count);
  const mean = new Float64Array(OBSERVED);
  const variance = new Float64Array(OBSERVED);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < OBSERVED; k++) mean[k] += observations[row * OBSERVED + k] / rows;
  }
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < OBSERVED; k++) {
      variance[k] += (observations[row * OBSERVED + k] - mean[k]) ** 2 / rows;
    }
  }
  const digits = (values: Float64Array): number[] => [...values].map((value) => Number(value.toPrecision(9)));
  return { mean: digits(mean), variance: digits(variance) };
}

/**
 * Draws batches of learnt pairs, half of them mirrored (the array looks the same from its other end), and all with a little
 * noise on what is observed, without which few pairs are learnt by heart.
 */
export class Batches {
  readonly inputs: Float32Array;
  readonly outputs: Float32Array;
  readonly #stream: RandomStream;

  /** @param scale from a spectrum's [0, 1] to what is learnt */
  constructor(
    readonly pairs: Pairs,
    readonly moments: { readonly mean: readonly number[]; readonly variance: readonly number[] },
    readonly rows: number,
    seed: number,
    stream: string,
    readonly scale: (value: number) => number,
  ) {
    this.inputs = new Float32Array(rows * OBSERVED);
    this.outputs = new Float32Array(rows * SPECTRUM);
    this.#stream = new RandomStream(seed, stream);
  }

  next(): void {
    const { pairs, moments, inputs, outputs } = this;
    const learnt = learntPairs(pairs.count);
    for (let row = 0; row < this.rows; row++) {
      const pair = this.#stream.integer(learnt);
      const isMirrored = this.#stream.integer(2) === 1;
      for (let first = 0; first < OBSERVED; first += SPECTRUM) {
        for (let bin = 0; bin < SPECTRUM; bin++) {
          const to = first + bin;
          const from = first + (isMirrored ? SPECTRUM - 1 - bin : bin);
          const value = pairs.observations[pair * OBSERVED + from];
          const input = normalised(value, moments.mean[to], moments.variance[to]);
          inputs[row * OBSERVED + to] = input + NOISE * this.#stream.normal();
        }
      }
      for (let bin = 0; bin < SPECTRUM; bin++) {
        const from = isMirrored ? SPECTRUM - 1 - bin : bin;
        outputs[row * SPECTRUM + bin] = this.scale(pairs.targets[pair * SPECTRUM + from]);
      }
    }
  }

  snapshot(): readonly number[] {
    return this.#stream.snapshot();
  }

  restore(snapshot: readonly number[]): void {
    this.#stream.restore(snapshot);
  }
}
