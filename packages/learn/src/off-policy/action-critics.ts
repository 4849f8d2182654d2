import type { Activation } from '../network/mlp.js';
import type { ReplayBatch } from '../replay/replay.js';
import { Critics } from './critics.js';
import { loadRows } from './rows.js';
import type { RowShape } from './agent.js';

/** One or two critics Q(s, ·) with a number per action. */
export class ActionCritics extends Critics {
  constructor(
    readonly shape: RowShape,
    readonly n: number,
    count: 1 | 2,
    options: {
      readonly netArch: readonly number[];
      readonly activation: Activation;
      readonly weightDecay: number;
    },
    maxBatch: number,
  ) {
    const { observationSize: inputs } = shape;
    super({ count, inputs, outputs: n, inputGradient: false, ...options }, maxBatch);
  }

  /** Writes min_j of the networks, or of their targets, to `values [rows × n]`. */
  minimum(
    which: 'networks' | 'targets',
    observations: Float32Array,
    rows: number,
    values: Float64Array,
  ): void {
    const { n, shape } = this;
    this[which].forEach((network, j) => {
      loadRows(observations, shape.rowSize, shape.observationSize, rows, network);
      network.forward(rows);
      for (let row = 0; row < rows; row++) {
        for (let a = 0; a < n; a++) {
          const q = network.output[row * network.outputStride + a];
          const at = row * n + a;
          if (j === 0 || q < values[at]) values[at] = q;
        }
      }
    });
  }

  /**
   * Gradients of ½ Σ_j mean w (Q_j(s, a) − R − D v)² at the actions taken.
   *
   * @param values v of what was observed next, `[rows]`
   * @returns the loss
   */
  gradients(batch: ReplayBatch, values: Float64Array, rows: number): number {
    const { shape } = this;
    const { networks } = this;
    this.parameters.gradients.fill(0);
    batch.errors.fill(0, 0, rows);
    let loss = 0;
    for (const network of networks) {
      loadRows(batch.observations, shape.rowSize, shape.observationSize, rows, network);
      network.forward(rows);
      network.outputGradient.fill(0, 0, rows * network.outputStride);
      for (let row = 0; row < rows; row++) {
        const at = row * network.outputStride + batch.actions[row];
        const error = network.output[at] - batch.returns[row] - batch.discounts[row] * values[row];
        const weight = batch.weights[row];
        network.outputGradient[at] = (weight * error) / rows;
        loss += (weight * error * error) / (2 * rows);
        batch.errors[row] = batch.errors[row] + Math.abs(error) / networks.length;
      }
      network.backward(rows);
    }
    return loss;
  }
}
