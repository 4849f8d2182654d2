import type { RandomStream } from '@metalore/core/random';
import { drawAction, logProbability, softmaxRow } from '../network/categorical.js';
import type { Activation } from '../network/mlp.js';
import type { Parameters } from '../network/parameters.js';
import type { ReplayBatch } from '../replay/replay.js';
import { ActionCritics } from './action-critics.js';
import { ActorCriticAgent } from './actor-critic-agent.js';
import type { AgentModel, RowShape } from './agent.js';
import type { Logits } from './logits.js';
import { Temperature } from './temperature.js';

/** Share of the greatest entropy, ln n, that a learnt temperature aims at (Christodoulou 2019). */
const TARGET_SHARE = 0.98;

/** What a {@link CategoricalAgent} is beside its logits. */
export interface CategoricalOptions {
  readonly netArch: readonly number[];
  readonly activation: Activation;
  readonly weightDecay: number;
  readonly tau: number;
  readonly entCoef: 'auto' | number;
  /** Share of ln n that a learnt temperature aims at; default .98. */
  readonly targetEntropyShare?: number;
}

/**
 * Soft actor-critic among n actions (Christodoulou 2019), π = softmax of logits that may come from anywhere: a perceptron,
 * or a denoising chain (D2SAC; paper 002, second paper, V-B).
 */
export class CategoricalAgent extends ActorCriticAgent {
  readonly actionSize = 1;
  readonly actions: Float64Array;
  readonly critics: ActionCritics;
  override readonly temperature: Temperature;
  protected readonly tau: number;
  readonly metrics = {
    'train/critic_loss': 0,
    'train/actor_loss': 0,
    'train/entropy': 0,
    'train/ent_coef': 0,
  };
  readonly #probabilities: Float64Array;
  readonly #logProbabilities: Float64Array;
  readonly #q: Float64Array;
  readonly #values: Float64Array;
  readonly #gradient: Float64Array;

  constructor(
    readonly shape: RowShape,
    readonly n: number,
    readonly logits: Logits,
    readonly options: CategoricalOptions,
    maxBatch: number,
  ) {
    super();
    this.tau = options.tau;
    this.critics = new ActionCritics(shape, n, 2, options, maxBatch);
    const share = options.targetEntropyShare ?? TARGET_SHARE;
    this.temperature = new Temperature(options.entCoef, share * Math.log(n));
    this.actions = new Float64Array(maxBatch);
    const perAction = () => new Float64Array(maxBatch * n);
    this.#probabilities = perAction();
    this.#logProbabilities = perAction();
    this.#q = perAction();
    this.#gradient = perAction();
    this.#values = new Float64Array(maxBatch);
  }

  get actorParameters(): Parameters {
    return this.logits.parameters;
  }

  initialise(stream: RandomStream): void {
    this.logits.initialise(stream);
    this.critics.initialise(stream);
  }

  draw(observations: Float32Array, rows: number, stream: RandomStream): void {
    this.#distribution(observations, rows, stream);
    for (let row = 0; row < rows; row++) {
      this.actions[row] = drawAction(this.#probabilities, row * this.n, this.n, stream);
    }
  }

  /** Gradients of ½ Σ_j mean (Q_j(s, a) − y)², y = R + D Σ_a' π(a' | s') (min_j Q'_j(s', a') − α ln π(a' | s')). */
  criticGradients(batch: ReplayBatch, rows: number, stream: RandomStream): void {
    const { n, critics, temperature } = this;
    const { alpha } = temperature;
    this.#distribution(batch.nextObservations, rows, stream);
    critics.minimum('targets', batch.nextObservations, rows, this.#q);
    for (let row = 0; row < rows; row++) {
      let value = 0;
      for (let at = row * n; at < (row + 1) * n; at++) {
        value += this.#probabilities[at] * (this.#q[at] - alpha * this.#logProbabilities[at]);
      }
      this.#values[row] = value;
    }
    this.metrics['train/critic_loss'] = critics.gradients(batch, this.#values, rows);
  }

  /** Gradients of mean Σ_a π(a | s) (α ln π(a | s) − min_j Q_j(s, a)). */
  actorGradients(batch: ReplayBatch, rows: number, stream: RandomStream): void {
    const { n, critics, temperature, metrics, logits } = this;
    const { alpha } = temperature;
    this.#distribution(batch.observations, rows, stream);
    critics.minimum('networks', batch.observations, rows, this.#q);
    let loss = 0;
    let entropy = 0;
    for (let row = 0; row < rows; row++) {
      let mean = 0;
      for (let at = row * n; at < (row + 1) * n; at++) {
        const p = this.#probabilities[at];
        mean += p * (alpha * this.#logProbabilities[at] - this.#q[at]);
        entropy -= (p * this.#logProbabilities[at]) / rows;
      }
      for (let at = row * n; at < (row + 1) * n; at++) {
        const own = alpha * this.#logProbabilities[at] - this.#q[at];
        this.#gradient[at] = (this.#probabilities[at] * (own - mean)) / rows;
      }
      loss += mean / rows;
    }
    metrics['train/actor_loss'] = loss;
    metrics['train/entropy'] = entropy;
    logits.parameters.gradients.fill(0);
    logits.backward(this.#gradient, rows);
  }

  #distribution(observations: Float32Array, rows: number, stream: RandomStream): void {
    const { logits, n, shape } = this;
    const { observationSize, maskSize, rowSize } = shape;
    logits.forward(observations, rowSize, rows, stream);
    const mask = maskSize > 0 ? observations : undefined;
    for (let row = 0; row < rows; row++) {
      softmaxRow(
        logits.values,
        row * n,
        n,
        this.#probabilities,
        row * n,
        mask,
        row * rowSize + observationSize,
      );
    }
    for (let at = 0; at < rows * n; at++) {
      this.#logProbabilities[at] = logProbability(this.#probabilities[at]);
    }
  }

  model(): AgentModel {
    return this.logits.model();
  }
}
