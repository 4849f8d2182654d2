import type { RandomStream } from '@metalore/core/random';
import type { AgentModel } from '../off-policy/agent.js';
import type { Logits } from '../off-policy/logits.js';
import { chainModel, createChain } from './box-agent.js';
import type { DenoisingChain } from './chain.js';
import type { DiffusionOptions } from './options.js';

/** Logits by a denoising chain, the softmax outside of it (D2SAC; paper 002, second paper, V-B). */
export class ChainLogits implements Logits {
  readonly chain: DenoisingChain;
  readonly values: Float64Array;
  readonly #conditions: Float32Array;

  constructor(
    readonly observationSize: number,
    n: number,
    options: DiffusionOptions,
    maxBatch: number,
  ) {
    this.chain = createChain(n, observationSize, options, maxBatch);
    this.values = this.chain.data;
    this.#conditions = new Float32Array(maxBatch * observationSize);
  }

  get parameters() {
    return this.chain.parameters;
  }

  initialise(stream: RandomStream): void {
    this.chain.initialise(stream);
  }

  forward(observations: Float32Array, stride: number, rows: number, stream: RandomStream): void {
    const { observationSize } = this;
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < observationSize; k++) {
        this.#conditions[row * observationSize + k] = observations[row * stride + k];
      }
    }
    this.chain.sample(this.#conditions, rows, stream);
  }

  backward(gradient: Float64Array, rows: number): void {
    this.chain.backward(gradient, rows);
  }

  model(): AgentModel {
    return { ...chainModel(this.chain), head: { kind: 'categorical' } };
  }
}
