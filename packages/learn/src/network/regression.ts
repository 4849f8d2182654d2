import { RandomStream } from '@metalore/core/random';
import { Kernel } from '../kernel/kernel.js';
import { Mlp, type Activation, type MlpWeights } from './mlp.js';
import { Parameters } from './parameters.js';

/** A perceptron that learns pairs of an input and an output by least squares and Adam. */
export class Regression {
  readonly network: Mlp;
  readonly #parameters: Parameters;

  /**
   * @param sizes numbers of inputs, hidden units and outputs
   * @param maxBatch largest number of rows of {@link Regression.train}
   * @param seed of the first weights
   */
  constructor(
    readonly sizes: readonly number[],
    maxBatch: number,
    seed: number,
    activation: Activation = 'relu',
  ) {
    const count = Mlp.parameterCount(sizes);
    const kernel = new Kernel(Parameters.floats(count) + Mlp.floats(sizes, maxBatch, { activation }));
    this.#parameters = new Parameters(kernel, count);
    this.network = new Mlp(this.#parameters, sizes, maxBatch, 0, { activation });
    this.network.initialise(new RandomStream(seed, 'regression/weights'), 1);
  }

  /**
   * One step of Adam.
   *
   * @param inputs `[rows × inputs]`
   * @param outputs `[rows × outputs]`
   * @returns the mean squared error before the step
   */
  train(inputs: Float32Array, outputs: Float32Array, rows: number, learningRate: number): number {
    const { network } = this;
    const [from, to] = [this.sizes[0], this.sizes[this.sizes.length - 1]];
    for (let row = 0; row < rows; row++) {
      network.input.set(inputs.subarray(row * from, (row + 1) * from), row * network.inputStride);
    }
    network.forward(rows);
    const count = rows * to;
    let loss = 0;
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < to; k++) {
        const at = row * network.outputStride + k;
        const error = network.output[at] - outputs[row * to + k];
        network.outputGradient[at] = (2 * error) / count;
        loss += (error * error) / count;
      }
    }
    this.#parameters.gradients.fill(0);
    network.backward(rows);
    this.#parameters.step(learningRate, Infinity);
    return loss;
  }

  weights(): MlpWeights[] {
    return this.network.weights();
  }
}
