import { ConditionalGenerator } from '@metalore/learn/diffusion';
import type { GeneratorSnapshot } from '@metalore/learn/diffusion';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { spectrumDocument } from './document.js';
import { Batches, observationMoments, type Pairs } from './pairs.js';
import {
  BATCH,
  CHAIN_STEPS,
  LEARNING_RATE,
  NET_ARCH,
  OBSERVED,
  SPECTRUM,
  type GeneratorSettings,
} from './settings.js';

/** State of a {@link GeneratorTraining} as plain data. */
export interface GeneratorTrainingSnapshot {
  readonly done: number;
  readonly generator: GeneratorSnapshot;
  readonly batches: readonly number[];
  readonly losses: readonly number[];
}

/** Steps of Adam that one entry of the curve is the mean over. */
export const CURVE_STEPS = 50;

/** Trains the spectrum generator (paper 002, first paper, section IV) on pairs: a denoising chain that says x̂_0. */
export class GeneratorTraining {
  /** Mean loss of every {@link CURVE_STEPS} steps. */
  readonly losses: number[] = [];
  #done = 0;
  readonly #generator: ConditionalGenerator;
  readonly #batches: Batches;

  constructor(
    readonly settings: GeneratorSettings,
    pairs: Pairs,
  ) {
    this.#generator = createGenerator(BATCH, settings.seed);
    const moments = observationMoments(pairs);
    this.#batches = new Batches(pairs, moments, BATCH, settings.seed, 'sensing/batches', (x) => 2 * x - 1);
  }

  get done(): number {
    return this.#done;
  }

  get isDone(): boolean {
    return this.#done >= this.settings.steps;
  }

  /** As many steps as an entry of the curve has, or what is left. */
  iterate(): void {
    const steps = Math.min(CURVE_STEPS, this.settings.steps - this.#done);
    let sum = 0;
    for (let k = 0; k < steps; k++) {
      this.#batches.next();
      const { inputs, outputs } = this.#batches;
      const rate = LEARNING_RATE * (1 - this.#done / this.settings.steps);
      sum += this.#generator.train(outputs, inputs, BATCH, rate);
      this.#done += 1;
    }
    this.losses.push(sum / steps);
  }

  document(): PolicyDocument {
    return spectrumDocument(
      'ssg',
      {
        kind: 'diffusion',
        encoding: {
          scale: 'linear',
          moments: this.#batches.moments as { mean: number[]; variance: number[] },
        },
        layers: this.#generator.chain.network.weights(),
        activation: 'relu',
        steps: CHAIN_STEPS,
        prediction: 'sample',
        bounded: true,
        head: { kind: 'box' },
      },
      this.settings,
    );
  }

  snapshot(): GeneratorTrainingSnapshot {
    return {
      done: this.#done,
      generator: this.#generator.snapshot(),
      batches: this.#batches.snapshot(),
      losses: this.losses,
    };
  }

  restore({ done, generator, batches, losses }: GeneratorTrainingSnapshot): void {
    this.#done = done;
    this.#generator.restore(generator);
    this.#batches.restore(batches);
    this.losses.splice(0, Infinity, ...losses);
  }
}

/** A chain of the generator's shape, with first weights. */
export function createGenerator(maxBatch: number, seed: number): ConditionalGenerator {
  const settings = {
    dataSize: SPECTRUM,
    conditionSize: OBSERVED,
    netArch: NET_ARCH,
    steps: CHAIN_STEPS,
    prediction: 'sample',
    bounded: true,
    activation: 'relu',
  } as const;
  return new ConditionalGenerator(settings, maxBatch, seed);
}
