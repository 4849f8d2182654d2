import type { RandomStream } from '@metalore/core/random';
import { highestAction } from '../network/categorical.js';
import type { ParametersSnapshot } from '../network/parameters.js';
import { ActionCritics } from '../off-policy/action-critics.js';
import type { Agent, AgentModel, Rates, RowShape } from '../off-policy/agent.js';
import type { ReplayBatch } from '../replay/replay.js';
import type { DqnOptions } from './options.js';

/** One network of Q(s, ·) and its target; greedy. */
export class QAgent implements Agent {
  readonly actionSize = 1;
  readonly actions: Float64Array;
  readonly critics: ActionCritics;
  readonly metrics = { 'train/loss': 0, 'train/mean_q': 0 };
  readonly #q: Float64Array;
  readonly #targetQ: Float64Array;
  readonly #values: Float64Array;

  constructor(
    readonly shape: RowShape,
    readonly n: number,
    readonly options: DqnOptions,
    maxBatch: number,
  ) {
    this.critics = new ActionCritics(shape, n, 1, options, maxBatch);
    this.actions = new Float64Array(maxBatch);
    this.#q = new Float64Array(maxBatch * n);
    this.#targetQ = new Float64Array(maxBatch * n);
    this.#values = new Float64Array(maxBatch);
  }

  initialise(stream: RandomStream): void {
    this.critics.initialise(stream);
  }

  draw(observations: Float32Array, rows: number): void {
    this.critics.minimum('networks', observations, rows, this.#q);
    for (let row = 0; row < rows; row++) this.actions[row] = this.#greedy(observations, row);
  }

  update(batch: ReplayBatch, rows: number, rates: Rates): void {
    this.gradients(batch, rows);
    this.critics.parameters.step(rates.critic, this.options.maxGradNorm);
    this.critics.follow(this.options.tau);
  }

  /** Gradients of ½ mean (Q(s, a) − R − D Q'(s', argmax_a' Q(s', a')))². */
  gradients(batch: ReplayBatch, rows: number): void {
    const { critics, n, metrics } = this;
    critics.minimum('networks', batch.nextObservations, rows, this.#q);
    critics.minimum('targets', batch.nextObservations, rows, this.#targetQ);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      this.#values[row] = this.#targetQ[row * n + this.#greedy(batch.nextObservations, row)];
      sum += this.#values[row];
    }
    metrics['train/mean_q'] = sum / rows;
    metrics['train/loss'] = critics.gradients(batch, this.#values, rows);
  }

  #greedy(observations: Float32Array, row: number): number {
    const { n, shape } = this;
    const mask = shape.maskSize > 0 ? observations : undefined;
    return highestAction(this.#q, row * n, n, mask, row * shape.rowSize + shape.observationSize);
  }

  model(): AgentModel {
    const { activation } = this.options;
    const layers = this.critics.networks[0].weights();
    return { kind: 'network', layers, activation, head: { kind: 'categorical' } };
  }

  snapshot(): ParametersSnapshot[] {
    return this.critics.snapshot();
  }

  restore(snapshot: unknown): void {
    this.critics.restore(snapshot as ParametersSnapshot[]);
  }
}
