import type { RandomStream } from '@metalore/core/random';
import { padded, type Kernel } from '../kernel/kernel.js';
import { orthogonal } from './orthogonal.js';
import type { Parameters } from './parameters.js';

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly paddedInputs: number;
  readonly paddedOutputs: number;
  /** Position of weights `[paddedInputs × paddedOutputs]` and biases `[paddedOutputs]` in the parameter block. */
  readonly weights: number;
  readonly biases: number;
  /** Byte addresses. */
  readonly output: number;
  readonly outputGradient: number;
  readonly transposed: number;
}

/** Weights of a perceptron as plain numbers: per layer `weights [outputs][inputs]` and `biases [outputs]`. */
export interface MlpWeights {
  readonly weights: number[][];
  readonly biases: number[];
}

/**
 * A perceptron with tanh between its layers and a linear last one, for training: forward and backward over batches in
 * kernel memory. Inference of single observations is `forward` in forward.ts.
 */
export class Mlp {
  /** Byte address of the input batch `[maxBatch × padded(inputs)]`. */
  readonly inputAt: number;
  /** The same as an array; padding stays zero. */
  readonly input: Float32Array;
  /** `Float32Array [maxBatch × padded(outputs)]`: what {@link Mlp.forward} leaves. */
  readonly output: Float32Array;
  /** Same layout: ∂loss/∂output, written by the caller before {@link Mlp.backward}. */
  readonly outputGradient: Float32Array;
  readonly inputStride: number;
  readonly outputStride: number;
  readonly #layers: Layer[] = [];
  readonly #kernel: Kernel;
  /** Byte address of as many zeros as the widest layer has units: the biases of a product without. */
  readonly #zeros: number;

  /** Parameters of a perceptron with these layer sizes, padding included. */
  static parameterCount(sizes: readonly number[]): number {
    let count = 0;
    for (let i = 1; i < sizes.length; i++) count += (padded(sizes[i - 1]) + 1) * padded(sizes[i]);
    return count;
  }

  /** Kernel numbers that it takes beside its parameters. */
  static floats(sizes: readonly number[], maxBatch: number): number {
    const widths = sizes.map(padded);
    const activations = widths.reduce((sum, width, i) => sum + width * (i === 0 ? 1 : 2), 0);
    return (
      activations * padded(maxBatch) +
      Mlp.parameterCount(sizes) +
      padded(Math.max(...sizes)) +
      16 * sizes.length
    );
  }

  /**
   * @param sizes numbers of inputs, hidden units and outputs
   * @param maxBatch largest number of rows in a batch
   * @param first where in the parameter block its parameters start
   */
  constructor(
    readonly parameters: Parameters,
    readonly sizes: readonly number[],
    maxBatch: number,
    first: number,
  ) {
    const kernel = parameters.kernel;
    const rows = padded(maxBatch);
    this.#kernel = kernel;
    this.#zeros = kernel.allocate(padded(Math.max(...sizes)));
    this.inputStride = padded(sizes[0]);
    this.outputStride = padded(sizes.at(-1)!);
    this.inputAt = kernel.allocate(rows * this.inputStride);
    this.input = kernel.view(this.inputAt, rows * this.inputStride);
    let position = first;
    for (let i = 1; i < sizes.length; i++) {
      const paddedInputs = padded(sizes[i - 1]);
      const paddedOutputs = padded(sizes[i]);
      this.#layers.push({
        inputs: sizes[i - 1],
        outputs: sizes[i],
        paddedInputs,
        paddedOutputs,
        weights: position,
        biases: position + paddedInputs * paddedOutputs,
        output: kernel.allocate(rows * paddedOutputs),
        outputGradient: kernel.allocate(rows * paddedOutputs),
        transposed: kernel.allocate(paddedInputs * paddedOutputs),
      });
      position += (paddedInputs + 1) * paddedOutputs;
    }
    const last = this.#layers.at(-1)!;
    this.output = kernel.view(last.output, rows * this.outputStride);
    this.outputGradient = kernel.view(last.outputGradient, rows * this.outputStride);
  }

  /**
   * Orthogonal weights, zero biases, as Stable-Baselines3 starts its networks.
   *
   * @param outputGain gain of the last layer; hidden ones have √2
   */
  initialise(stream: RandomStream, outputGain: number): void {
    for (const layer of this.#layers) {
      const gain = layer === this.#layers.at(-1) ? outputGain : Math.SQRT2;
      const matrix = orthogonal(layer.inputs, layer.outputs, gain, stream);
      for (let i = 0; i < layer.inputs; i++) {
        for (let o = 0; o < layer.outputs; o++) {
          this.parameters.values[layer.weights + i * layer.paddedOutputs + o] = matrix[i * layer.outputs + o];
        }
      }
    }
  }

  /** Sets the biases of the last layer, so that with small weights its outputs are near `values`. */
  setOutputBiases(values: ArrayLike<number>): void {
    const { biases } = this.#layers.at(-1)!;
    for (let o = 0; o < values.length; o++) this.parameters.values[biases + o] = values[o];
  }

  /** `output` ← network of the first `batch` rows of `input`. */
  forward(batch: number): void {
    const rows = padded(batch);
    const { valuesAt } = this.parameters;
    let input = this.inputAt;
    for (let i = 0; i < this.#layers.length; i++) {
      const layer = this.#layers[i];
      this.#kernel.run.affine(
        input,
        valuesAt + 4 * layer.weights,
        valuesAt + 4 * layer.biases,
        layer.output,
        rows,
        layer.paddedInputs,
        layer.paddedOutputs,
        i < this.#layers.length - 1 ? 1 : 0,
      );
      input = layer.output;
    }
  }

  /**
   * Adds ∂loss/∂parameters of the last {@link Mlp.forward} to the gradients, from `outputGradient`, whose rows between
   * `batch` and its multiple of 4 are zeroed here.
   */
  backward(batch: number): void {
    const rows = padded(batch);
    const run = this.#kernel.run;
    const { valuesAt, gradientsAt } = this.parameters;
    this.outputGradient.fill(0, batch * this.outputStride, rows * this.outputStride);
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const layer = this.#layers[i];
      const before = this.#layers[i - 1];
      const { paddedInputs, paddedOutputs, outputGradient } = layer;
      run.addOuter(
        before === undefined ? this.inputAt : before.output,
        outputGradient,
        gradientsAt + 4 * layer.weights,
        rows,
        paddedInputs,
        paddedOutputs,
      );
      run.addColumnSums(outputGradient, gradientsAt + 4 * layer.biases, rows, paddedOutputs);
      if (before === undefined) return;
      run.transpose(valuesAt + 4 * layer.weights, layer.transposed, paddedInputs, paddedOutputs);
      run.affine(
        outputGradient,
        layer.transposed,
        this.#zeros,
        before.outputGradient,
        rows,
        paddedOutputs,
        paddedInputs,
        0,
      );
      run.tanhBackward(before.outputGradient, before.output, rows * paddedInputs);
    }
  }

  /** The weights without padding, as decimals of nine digits, which is what it takes to tell single-precision numbers apart. */
  weights(): MlpWeights[] {
    const { values } = this.parameters;
    return this.#layers.map((layer) => ({
      weights: Array.from({ length: layer.outputs }, (_, o) =>
        Array.from({ length: layer.inputs }, (_, i) =>
          nineDigits(values[layer.weights + i * layer.paddedOutputs + o]),
        ),
      ),
      biases: Array.from({ length: layer.outputs }, (_, o) => nineDigits(values[layer.biases + o])),
    }));
  }
}

const nineDigits = (value: number) => Number(value.toPrecision(9));
