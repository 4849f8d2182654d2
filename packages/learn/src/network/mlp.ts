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
  /** Derivatives of the activation where it is Mish or ReLU; those of tanh follow from its output. */
  readonly slope: number;
}

/** What lies between the layers: tanh, max(x, 0), or x · tanh(ln(1 + eˣ)) (Misra 2020). */
export type Activation = 'tanh' | 'relu' | 'mish';

/** What a perceptron is beside its sizes. */
export interface MlpOptions {
  /** Default tanh. */
  readonly activation?: Activation;
  /** {@link Mlp.backward} also leaves ∂loss/∂input. Default false. */
  readonly inputGradient?: boolean;
}

/** Weights of a perceptron as plain numbers: per layer `weights [outputs][inputs]` and `biases [outputs]`. */
export interface MlpWeights {
  readonly weights: number[][];
  readonly biases: number[];
}

/**
 * A perceptron with an activation between its layers and a linear last one, for training: forward and backward over batches in
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
  /** `Float32Array [maxBatch × padded(inputs)]`: ∂loss/∂input, where asked for; else empty. Overwritten by every backward. */
  readonly inputGradient: Float32Array;
  readonly #inputGradientAt: number;
  readonly #activation: Activation;
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
  static floats(sizes: readonly number[], maxBatch: number, options: MlpOptions = {}): number {
    const widths = sizes.map(padded);
    const activations = widths.reduce((sum, width, i) => sum + width * (i === 0 ? 1 : 2), 0);
    const hidden = widths.slice(1, -1).reduce((sum, width) => sum + width, 0);
    const slopes = (options.activation ?? 'tanh') === 'tanh' ? 0 : hidden;
    const inputGradient = options.inputGradient === true ? widths[0] : 0;
    return (
      (activations + slopes + inputGradient) * padded(maxBatch) +
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
    options: MlpOptions = {},
  ) {
    const kernel = parameters.kernel;
    const rows = padded(maxBatch);
    this.#activation = options.activation ?? 'tanh';
    const sloped = this.#activation !== 'tanh';
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
        slope: kernel.allocate(sloped && i < sizes.length - 1 ? rows * paddedOutputs : 0),
      });
      position += (paddedInputs + 1) * paddedOutputs;
    }
    const last = this.#layers.at(-1)!;
    this.output = kernel.view(last.output, rows * this.outputStride);
    this.outputGradient = kernel.view(last.outputGradient, rows * this.outputStride);
    const inputCount = options.inputGradient === true ? rows * this.inputStride : 0;
    this.#inputGradientAt = kernel.allocate(inputCount);
    this.inputGradient = kernel.view(this.#inputGradientAt, inputCount);
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
    const run = this.#kernel.run;
    const tanh = this.#activation === 'tanh';
    for (let i = 0; i < this.#layers.length; i++) {
      const layer = this.#layers[i];
      const hidden = i < this.#layers.length - 1;
      run.affine(
        input,
        valuesAt + 4 * layer.weights,
        valuesAt + 4 * layer.biases,
        layer.output,
        rows,
        layer.paddedInputs,
        layer.paddedOutputs,
        hidden && tanh ? 1 : 0,
        this.#kernel.panel,
      );
      if (hidden && !tanh) {
        const count = rows * layer.paddedOutputs;
        if (this.#activation === 'mish') run.mish(layer.output, layer.slope, count);
        else run.relu(layer.output, layer.slope, count);
      }
      input = layer.output;
    }
  }

  /**
   * Adds ∂loss/∂parameters of the last {@link Mlp.forward} to the gradients, from `outputGradient`, whose rows between
   * `batch` and its multiple of 4 are zeroed here. Gradients of several losses add up until they are zeroed.
   *
   * @param parameterGradients false: only `inputGradient` is wanted, as where an actor learns through a critic
   */
  backward(batch: number, parameterGradients = true): void {
    const rows = padded(batch);
    this.outputGradient.fill(0, batch * this.outputStride, rows * this.outputStride);
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const layer = this.#layers[i];
      const before = this.#layers[i - 1];
      if (parameterGradients)
        this.#addGradients(layer, before === undefined ? this.inputAt : before.output, rows);
      if (before !== undefined) {
        this.#passBack(layer, before.outputGradient, rows);
        this.#throughActivation(before, rows * layer.paddedInputs);
      } else if (this.inputGradient.length > 0) this.#passBack(layer, this.#inputGradientAt, rows);
    }
  }

  #addGradients(layer: Layer, input: number, rows: number): void {
    const { run, panel } = this.#kernel;
    const { gradientsAt } = this.parameters;
    const { paddedInputs, paddedOutputs, outputGradient } = layer;
    run.addOuter(
      input,
      outputGradient,
      gradientsAt + 4 * layer.weights,
      rows,
      paddedInputs,
      paddedOutputs,
      panel,
    );
    run.addColumnSums(outputGradient, gradientsAt + 4 * layer.biases, rows, paddedOutputs);
  }

  /** `target` ← ∂loss/∂(what the layer was given). */
  #passBack(layer: Layer, target: number, rows: number): void {
    const { run, panel } = this.#kernel;
    const { paddedInputs, paddedOutputs, outputGradient, transposed } = layer;
    run.transpose(this.parameters.valuesAt + 4 * layer.weights, transposed, paddedInputs, paddedOutputs);
    run.affine(outputGradient, transposed, this.#zeros, target, rows, paddedOutputs, paddedInputs, 0, panel);
  }

  #throughActivation(layer: Layer, count: number): void {
    const run = this.#kernel.run;
    if (this.#activation === 'tanh') run.tanhBackward(layer.outputGradient, layer.output, count);
    else run.multiply(layer.outputGradient, layer.slope, count);
  }

  /** Takes weights of the shape that {@link Mlp.weights} gives. */
  load(weights: readonly MlpWeights[]): void {
    const { values } = this.parameters;
    this.#layers.forEach((layer, l) => {
      for (let o = 0; o < layer.outputs; o++) {
        values[layer.biases + o] = weights[l].biases[o];
        for (let i = 0; i < layer.inputs; i++) {
          values[layer.weights + i * layer.paddedOutputs + o] = weights[l].weights[o][i];
        }
      }
    });
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
