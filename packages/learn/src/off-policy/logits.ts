import type { RandomStream } from '@metalore/core/random';
import { Kernel } from '../kernel/kernel.js';
import { Mlp, type Activation } from '../network/mlp.js';
import { Parameters } from '../network/parameters.js';
import type { AgentModel } from './agent.js';
import { OFF_POLICY_ADAM } from './critics.js';
import { loadRows } from './rows.js';

/** What turns observations into one number per action, to be trained by whoever knows how they should change. */
export interface Logits {
  readonly parameters: Parameters;
  /** `[rows × n]` of the last {@link Logits.forward}. */
  readonly values: Float64Array;
  /** @param stride numbers per row of `observations` @param stream of what it draws, if it draws */
  forward(observations: Float32Array, stride: number, rows: number, stream: RandomStream): void;
  /** Adds the gradients of a loss of the last values. @param gradient ∂loss/∂values, `[rows × n]` */
  backward(gradient: Float64Array, rows: number): void;
  initialise(stream: RandomStream): void;
  model(): AgentModel;
}

/** Logits by a perceptron. */
export class PerceptronLogits implements Logits {
  readonly parameters: Parameters;
  readonly values: Float64Array;
  readonly network: Mlp;

  constructor(
    readonly observationSize: number,
    readonly n: number,
    readonly options: {
      readonly netArch: readonly number[];
      readonly activation: Activation;
      readonly weightDecay: number;
    },
    maxBatch: number,
  ) {
    const { netArch, activation, weightDecay } = options;
    const sizes = [observationSize, ...netArch, n];
    const count = Mlp.parameterCount(sizes);
    const kernel = new Kernel(Parameters.floats(count) + Mlp.floats(sizes, maxBatch, { activation }));
    this.parameters = new Parameters(kernel, count, { ...OFF_POLICY_ADAM, weightDecay });
    this.network = new Mlp(this.parameters, sizes, maxBatch, 0, { activation });
    this.values = new Float64Array(maxBatch * n);
  }

  initialise(stream: RandomStream): void {
    this.network.initialise(stream, 0.01);
  }

  forward(observations: Float32Array, stride: number, rows: number): void {
    const { network, n } = this;
    loadRows(observations, stride, this.observationSize, rows, network);
    network.forward(rows);
    for (let row = 0; row < rows; row++) {
      for (let a = 0; a < n; a++) this.values[row * n + a] = network.output[row * network.outputStride + a];
    }
  }

  backward(gradient: Float64Array, rows: number): void {
    const { network, n } = this;
    for (let row = 0; row < rows; row++) {
      for (let a = 0; a < n; a++) {
        network.outputGradient[row * network.outputStride + a] = gradient[row * n + a];
      }
    }
    network.backward(rows);
  }

  model(): AgentModel {
    return {
      kind: 'network',
      layers: this.network.weights(),
      activation: this.options.activation,
      head: { kind: 'categorical' },
    };
  }
}
