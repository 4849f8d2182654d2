import { exp, tanh } from '@metalore/core/math';
import type { Activation, MlpWeights } from './mlp.js';

const FUNCTIONS: Readonly<Record<Activation, (x: number) => number>> = {
  tanh,
  relu: (x) => (x > 0 ? x : 0),
  mish: (x) => {
    const e = exp(x < 20 ? x : 20);
    const n = e * (e + 2);
    return (x * n) / (n + 2);
  },
};

/**
 * A perceptron for single observations, in double precision and with core's functions: the same bits in Node and in every
 * browser. Nothing is allocated after construction.
 */
export class Forward {
  readonly #weights: Float64Array[];
  readonly #biases: Float64Array[];
  readonly #activations: Float64Array[];
  /** `Float64Array [inputs]`: written by the caller. */
  readonly input: Float64Array;
  /** `Float64Array [outputs]`. */
  readonly output: Float64Array;

  constructor(
    layers: readonly MlpWeights[],
    readonly activation: Activation = 'tanh',
  ) {
    this.#weights = layers.map(({ weights }) => Float64Array.from(weights.flat()));
    this.#biases = layers.map(({ biases }) => Float64Array.from(biases));
    this.input = new Float64Array(layers[0].weights[0].length);
    this.#activations = layers.map(({ biases }) => new Float64Array(biases.length));
    this.output = this.#activations.at(-1)!;
  }

  /** `output` ← network of `input`. */
  run(): void {
    let input = this.input;
    const last = this.#weights.length - 1;
    const activate = FUNCTIONS[this.activation];
    for (let layer = 0; layer <= last; layer++) {
      const weights = this.#weights[layer];
      const biases = this.#biases[layer];
      const output = this.#activations[layer];
      affine(weights, biases, input, output);
      if (layer < last) for (let o = 0; o < output.length; o++) output[o] = activate(output[o]);
      input = output;
    }
  }
}

/** y = W x + b. Four sums grow side by side, each in the order of its own terms: the bits of one after the other. */
function affine(weights: Float64Array, biases: Float64Array, x: Float64Array, y: Float64Array): void {
  const inputs = x.length;
  const outputs = y.length;
  let o = 0;
  for (; o + 4 <= outputs; o += 4) {
    let a = o * inputs;
    let b = a + inputs;
    let c = b + inputs;
    let d = c + inputs;
    let sum0 = biases[o];
    let sum1 = biases[o + 1];
    let sum2 = biases[o + 2];
    let sum3 = biases[o + 3];
    for (let i = 0; i < inputs; i++) {
      const value = x[i];
      sum0 += weights[a++] * value;
      sum1 += weights[b++] * value;
      sum2 += weights[c++] * value;
      sum3 += weights[d++] * value;
    }
    y[o] = sum0;
    y[o + 1] = sum1;
    y[o + 2] = sum2;
    y[o + 3] = sum3;
  }
  for (; o < outputs; o++) {
    let at = o * inputs;
    let sum = biases[o];
    for (let i = 0; i < inputs; i++) sum += weights[at++] * x[i];
    y[o] = sum;
  }
}
