import { RandomStream } from '@metalore/core/random';
import { Kernel } from '../kernel/kernel.js';
import { Parameters, type ParametersSnapshot } from '../network/parameters.js';
import { DenoisingChain, type ChainSettings } from './chain.js';

/** State of a {@link ConditionalGenerator} as plain data. */
export interface GeneratorSnapshot {
  readonly parameters: ParametersSnapshot;
  readonly stream: readonly number[];
}

/** A denoising chain that learns from pairs of a condition and a sample, and then draws samples of new conditions. */
export class ConditionalGenerator {
  readonly chain: DenoisingChain;
  readonly #parameters: Parameters;
  readonly #stream: RandomStream;

  /**
   * @param maxBatch largest number of rows of {@link ConditionalGenerator.train} and {@link ConditionalGenerator.generate}
   * @param seed of the first weights and of the noise in training
   */
  constructor(settings: ChainSettings, maxBatch: number, seed: number) {
    const count = DenoisingChain.parameterCount(settings);
    const kernel = new Kernel(Parameters.floats(count) + DenoisingChain.floats(settings, maxBatch));
    this.#parameters = new Parameters(kernel, count);
    this.chain = new DenoisingChain(this.#parameters, settings, maxBatch);
    this.chain.initialise(new RandomStream(seed, 'diffusion/weights'));
    this.#stream = new RandomStream(seed, 'diffusion/noise');
  }

  /**
   * One step of Adam down the denoising loss.
   *
   * @param samples `[rows × dataSize]`
   * @param conditions `[rows × conditionSize]`
   * @param maxNorm gradients are scaled down to this L2 norm
   * @returns the loss before the step
   */
  train(
    samples: Float32Array | Float64Array,
    conditions: Float32Array | Float64Array,
    rows: number,
    learningRate: number,
    maxNorm = Infinity,
  ): number {
    this.#parameters.gradients.fill(0);
    const loss = this.chain.denoisingGradients(samples, conditions, rows, this.#stream);
    this.#parameters.step(learningRate, maxNorm);
    return loss;
  }

  /** Draws a sample for each condition; see {@link DenoisingChain.sample}. The result is overwritten by the next call. */
  generate(conditions: Float32Array | Float64Array, rows: number, stream?: RandomStream): Float64Array {
    this.chain.sample(conditions, rows, stream);
    return this.chain.data.subarray(0, rows * this.chain.settings.dataSize);
  }

  snapshot(): GeneratorSnapshot {
    return { parameters: this.#parameters.snapshot(), stream: this.#stream.snapshot() };
  }

  restore(snapshot: GeneratorSnapshot): void {
    this.#parameters.restore(snapshot.parameters);
    this.#stream.restore(snapshot.stream);
  }
}
