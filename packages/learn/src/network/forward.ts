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
      let at = 0;
      for (let o = 0; o < output.length; o++) {
        let sum = biases[o];
        for (let i = 0; i < input.length; i++) sum += weights[at++] * input[i];
        output[o] = layer < last ? activate(sum) : sum;
      }
      input = output;
    }
  }
}
