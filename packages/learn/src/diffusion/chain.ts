import { tanh } from '@metalore/core/math';
import type { RandomStream } from '@metalore/core/random';
import { Mlp, type Activation, type MlpOptions } from '../network/mlp.js';
import type { Parameters } from '../network/parameters.js';
import {
  diffusionSchedule,
  EMBEDDING_SIZE,
  timeEmbedding,
  type DiffusionSchedule,
} from '../network/diffusion-schedule.js';

/** What a chain generates, from what, and how. */
export interface ChainSettings {
  /** Numbers of a sample. */
  readonly dataSize: number;
  /** Numbers of a condition; 0 for none. */
  readonly conditionSize: number;
  /** Hidden units. */
  readonly netArch: readonly number[];
  /** N. */
  readonly steps: number;
  /** What the network says: x̂_0 itself, or the noise ε̂ in x_i, with x̂_0 = (x_i − √(1 − ᾱ_i) ε̂) / √ᾱ_i. */
  readonly prediction: 'sample' | 'noise';
  /** x̂_0 is kept in [−1, 1]: by tanh where it is what the network says, by clamping where that is noise. */
  readonly bounded: boolean;
  /** Between the layers; default Mish. */
  readonly activation?: Activation;
}

const networkOptions = ({ activation = 'mish' }: ChainSettings): MlpOptions => ({
  activation,
  inputGradient: true,
});

/**
 * A conditional denoising chain (Ho et al. 2020; paper 002, second paper, V-A) over batches,
 *
 *     x_N ~ N(0, I),   x_{i−1} = c1(i) x̂_0(x_i, i, condition) + c2(i) x_i + σ_i z,
 *
 * with one perceptron of (x_i, embedding of i, condition) and Mish for all steps. It learns by the denoising loss on given
 * samples, or by any loss of x_0 through all steps. Nothing is allocated per call.
 *
 * **Deviation** from the public D2SAC code: the embedding goes straight into the perceptron, without two layers of its own.
 */
export class DenoisingChain {
  readonly schedule: DiffusionSchedule;
  /** `[maxBatch × dataSize]`: x_0 of the last {@link DenoisingChain.sample}. */
  readonly data: Float64Array;
  /** One per step, all with the same parameters; entry i − 1 is step i. */
  readonly #networks: Mlp[];
  /** x_i, `[N + 1][maxBatch × dataSize]`, and x̂_0 of step i before clamping, at i − 1. */
  readonly #states: Float64Array[];
  readonly #estimates: Float64Array[];
  readonly #embeddings: Float64Array[];
  readonly #gradient: Float64Array;
  readonly #noise: Float64Array;
  readonly #draws: Uint32Array;

  static sizes({ dataSize, conditionSize, netArch }: ChainSettings): number[] {
    return [dataSize + EMBEDDING_SIZE + conditionSize, ...netArch, dataSize];
  }

  /** Parameters of a chain, padding included. */
  static parameterCount(settings: ChainSettings): number {
    return Mlp.parameterCount(DenoisingChain.sizes(settings));
  }

  /** Kernel numbers that it takes beside its parameters. */
  static floats(settings: ChainSettings, maxBatch: number): number {
    return settings.steps * Mlp.floats(DenoisingChain.sizes(settings), maxBatch, networkOptions(settings));
  }

  /**
   * @param maxBatch largest number of rows in a batch
   * @param first where in the parameter block its parameters start
   * @throws InvalidInputError fewer than 1 step
   */
  constructor(
    readonly parameters: Parameters,
    readonly settings: ChainSettings,
    maxBatch: number,
    first = 0,
  ) {
    const { steps, dataSize } = settings;
    this.schedule = diffusionSchedule(steps);
    const sizes = DenoisingChain.sizes(settings);
    const rows = () => new Float64Array(maxBatch * dataSize);
    this.#networks = Array.from(
      { length: steps },
      () => new Mlp(parameters, sizes, maxBatch, first, networkOptions(settings)),
    );
    this.#states = Array.from({ length: steps + 1 }, rows);
    this.#estimates = Array.from({ length: steps }, rows);
    this.#embeddings = Array.from({ length: steps }, (_, k) => timeEmbedding(k + 1));
    this.data = this.#states[0];
    this.#gradient = rows();
    this.#noise = rows();
    this.#draws = new Uint32Array(maxBatch);
  }

  /** The network of all steps. */
  get network(): Mlp {
    return this.#networks[0];
  }

  initialise(stream: RandomStream): void {
    this.network.initialise(stream, 1);
  }

  /**
   * Fills the first `rows` rows of `data`.
   *
   * @param conditions `[rows × conditionSize]`
   * @param stream where x_N and z are drawn; missing: all of them are 0, which gives the same for the same condition
   */
  sample(conditions: Float32Array | Float64Array, rows: number, stream?: RandomStream): void {
    const { steps, dataSize } = this.settings;
    const { fromData, fromNoisy, sigma } = this.schedule;
    const count = rows * dataSize;
    for (let at = 0; at < count; at++) this.#states[steps][at] = stream === undefined ? 0 : stream.normal();
    for (let k = steps - 1; k >= 0; k--) {
      const noisy = this.#states[k + 1];
      const network = this.#networks[k];
      for (let row = 0; row < rows; row++) this.#load(network, row, noisy, k, conditions);
      network.forward(rows);
      for (let at = 0; at < count; at++) {
        const estimate = this.#estimate(network, at, noisy[at], k);
        const z = stream === undefined || k === 0 ? 0 : stream.normal();
        this.#estimates[k][at] = estimate;
        this.#states[k][at] = fromData[k] * this.#clamped(estimate) + fromNoisy[k] * noisy[at] + sigma[k] * z;
      }
    }
  }

  /**
   * Adds the gradients of a loss of the `data` of the last {@link DenoisingChain.sample} through all its steps.
   *
   * @param gradient ∂loss/∂x_0, `[rows × dataSize]`
   */
  backward(gradient: Float32Array | Float64Array, rows: number): void {
    const { steps, dataSize } = this.settings;
    const { fromData, fromNoisy } = this.schedule;
    const count = rows * dataSize;
    for (let at = 0; at < count; at++) this.#gradient[at] = gradient[at];
    for (let k = 0; k < steps; k++) {
      const network = this.#networks[k];
      const { inputStride, outputStride } = network;
      for (let at = 0; at < count; at++) {
        const passed = this.#passed(this.#estimates[k][at]);
        const slope = fromData[k] * passed * this.#gradient[at];
        const out = Math.floor(at / dataSize) * outputStride + (at % dataSize);
        network.outputGradient[out] = slope * this.#byOutput(k);
        this.#gradient[at] = fromNoisy[k] * this.#gradient[at] + slope * this.#byNoisy(k);
      }
      network.backward(rows);
      for (let at = 0; at < count; at++) {
        this.#gradient[at] +=
          network.inputGradient[Math.floor(at / dataSize) * inputStride + (at % dataSize)];
      }
    }
  }

  /**
   * Adds the gradients of the denoising loss on given samples, mean ‖ε̂ − ε‖² or ‖x̂_0 − x_0‖² over all their numbers, at
   * steps drawn uniformly and noise drawn from N(0, I).
   *
   * @param data x_0, `[rows × dataSize]`
   * @param conditions `[rows × conditionSize]`
   * @returns the loss
   */
  denoisingGradients(
    data: Float32Array | Float64Array,
    conditions: Float32Array | Float64Array,
    rows: number,
    stream: RandomStream,
  ): number {
    const { steps, dataSize, prediction } = this.settings;
    const { alphaBar } = this.schedule;
    const { network } = this;
    const noisy = this.#states[steps];
    for (let row = 0; row < rows; row++) {
      const k = stream.integer(steps);
      this.#draws[row] = k;
      for (let at = row * dataSize; at < (row + 1) * dataSize; at++) {
        this.#noise[at] = stream.normal();
        noisy[at] = Math.sqrt(alphaBar[k]) * data[at] + Math.sqrt(1 - alphaBar[k]) * this.#noise[at];
      }
      this.#load(network, row, noisy, k, conditions);
    }
    network.forward(rows);
    let loss = 0;
    const count = rows * dataSize;
    for (let at = 0; at < count; at++) {
      const out = Math.floor(at / dataSize) * network.outputStride + (at % dataSize);
      const said = this.#estimate(network, at, noisy[at], this.#draws[Math.floor(at / dataSize)]);
      const byNoise = prediction === 'noise';
      const error = byNoise ? network.output[out] - this.#noise[at] : said - data[at];
      network.outputGradient[out] = (2 * error * (byNoise ? 1 : this.#passed(said))) / count;
      loss += (error * error) / count;
    }
    network.backward(rows);
    return loss;
  }

  #load(
    network: Mlp,
    row: number,
    noisy: Float64Array,
    k: number,
    conditions: Float32Array | Float64Array,
  ): void {
    const { dataSize, conditionSize } = this.settings;
    const { input } = network;
    let at = row * network.inputStride;
    for (let d = 0; d < dataSize; d++) input[at++] = noisy[row * dataSize + d];
    for (let e = 0; e < EMBEDDING_SIZE; e++) input[at++] = this.#embeddings[k][e];
    for (let c = 0; c < conditionSize; c++) input[at++] = conditions[row * conditionSize + c];
  }

  /** x̂_0 before clamping. */
  #estimate(network: Mlp, at: number, noisy: number, k: number): number {
    const { dataSize, prediction, bounded } = this.settings;
    const said = network.output[Math.floor(at / dataSize) * network.outputStride + (at % dataSize)];
    if (prediction === 'sample') return bounded ? tanh(said) : said;
    const alphaBar = this.schedule.alphaBar[k];
    return (noisy - Math.sqrt(1 - alphaBar) * said) / Math.sqrt(alphaBar);
  }

  #clamped(estimate: number): number {
    if (!this.settings.bounded) return estimate;
    return estimate < -1 ? -1 : estimate > 1 ? 1 : estimate;
  }

  /** ∂(x̂_0 in use)/∂(what the network says, or under noise, x̂_0 before clamping). */
  #passed(estimate: number): number {
    const { bounded, prediction } = this.settings;
    if (!bounded) return 1;
    if (prediction === 'sample') return 1 - estimate * estimate;
    return estimate > -1 && estimate < 1 ? 1 : 0;
  }

  #byOutput(k: number): number {
    if (this.settings.prediction === 'sample') return 1;
    const alphaBar = this.schedule.alphaBar[k];
    return -Math.sqrt(1 - alphaBar) / Math.sqrt(alphaBar);
  }

  #byNoisy(k: number): number {
    return this.settings.prediction === 'sample' ? 0 : 1 / Math.sqrt(this.schedule.alphaBar[k]);
  }
}
