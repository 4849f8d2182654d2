import type { Activation, MlpWeights } from '../network/mlp.js';
import type { ReplayBatch } from '../replay/replay.js';
import { Critics } from './critics.js';
import { loadRows } from './rows.js';

/** Two critics Q(s, a) of an observation and an action with components in [−1, 1], the smaller of which counts. */
export class BoxCritics extends Critics {
  /** Mean of min_j Q_j of the last {@link BoxCritics.actionSlopes}. */
  meanValue = 0;
  readonly #targetValues: Float64Array;
  readonly #slopes: Float64Array;

  constructor(
    readonly observationSize: number,
    readonly actionSize: number,
    options: {
      readonly netArch: readonly number[];
      readonly activation: Activation;
      readonly weightDecay: number;
    },
    maxBatch: number,
  ) {
    const inputs = observationSize + actionSize;
    super({ count: 2, inputs, outputs: 1, inputGradient: true, ...options }, maxBatch);
    this.#targetValues = new Float64Array(maxBatch);
    this.#slopes = new Float64Array(maxBatch * actionSize);
  }

  /** min_j Q'_j(s, a) of the targets, `[rows]`; overwritten by the next call. */
  targetValues(observations: Float32Array, actions: Float64Array, rows: number): Float64Array {
    const [first, second] = this.targets;
    for (const target of this.targets) this.#load(target, observations, actions, rows);
    for (let row = 0; row < rows; row++) {
      const at = row * first.outputStride;
      this.#targetValues[row] = Math.min(first.output[at], second.output[at]);
    }
    return this.#targetValues;
  }

  /**
   * Gradients of ½ Σ_j mean w (Q_j(s, a) − R − D v)².
   *
   * @param values v of what was observed next; missing where no transition counts it
   * @returns the loss
   */
  gradients(batch: ReplayBatch, values: Float64Array | undefined, rows: number): number {
    const { networks } = this;
    this.parameters.gradients.fill(0);
    batch.errors.fill(0, 0, rows);
    let loss = 0;
    for (const network of networks) {
      this.#load(network, batch.observations, batch.actions, rows);
      for (let row = 0; row < rows; row++) {
        const at = row * network.outputStride;
        const next = values === undefined ? 0 : batch.discounts[row] * values[row];
        const error = network.output[at] - batch.returns[row] - next;
        const weight = batch.weights[row];
        network.outputGradient[at] = (weight * error) / rows;
        loss += (weight * error * error) / (2 * rows);
        batch.errors[row] = batch.errors[row] + Math.abs(error) / networks.length;
      }
      network.backward(rows);
    }
    return loss;
  }

  /** ∂ mean min_j Q_j(s, a)/∂a, `[rows × actionSize]`; overwritten by the next call. */
  actionSlopes(observations: Float32Array, actions: Float64Array, rows: number): Float64Array {
    const { networks, observationSize, actionSize } = this;
    const [first, second] = networks;
    for (const network of networks) this.#load(network, observations, actions, rows);
    this.meanValue = 0;
    for (let row = 0; row < rows; row++) {
      const at = row * first.outputStride;
      const isFirst = first.output[at] <= second.output[at];
      first.outputGradient[at] = isFirst ? 1 / rows : 0;
      second.outputGradient[at] = isFirst ? 0 : 1 / rows;
      this.meanValue += (isFirst ? first : second).output[at] / rows;
    }
    for (const network of networks) network.backward(rows, false);
    for (let row = 0; row < rows; row++) {
      const at = row * first.inputStride + observationSize;
      for (let d = 0; d < actionSize; d++) {
        this.#slopes[row * actionSize + d] = first.inputGradient[at + d] + second.inputGradient[at + d];
      }
    }
    return this.#slopes;
  }

  /** Both networks' weights, for a policy file. */
  weights(): MlpWeights[][] {
    return this.networks.map((network) => network.weights());
  }

  #load(
    network: Critics['networks'][number],
    observations: Float32Array,
    actions: Float32Array | Float64Array,
    rows: number,
  ): void {
    const { observationSize, actionSize } = this;
    loadRows(observations, observationSize, observationSize, rows, network);
    loadRows(actions, actionSize, actionSize, rows, network, observationSize);
    network.forward(rows);
  }
}
