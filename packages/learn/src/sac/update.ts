import { exp, log, tanh } from '@metalore/core/math';
import type { RandomStream } from '@metalore/core/random';
import type { Mlp } from '../network/mlp.js';
import type { ReplayBatch } from '../replay/replay.js';
import type { SacNetworks } from './networks.js';
import type { SacOptions } from './options.js';

const HALF_LOG_TWO_PI = 0.9189385332046727;
const LN_2 = 0.6931471805599453;
/** Stable-Baselines3's bounds of ln σ. */
const LOG_STD_LOW = -20;
const LOG_STD_HIGH = 2;

/** What an update reports. */
export interface SacMetrics {
  criticLoss: number;
  actorLoss: number;
  /** −mean ln π, an estimate of the entropy of the squashed action. */
  entropy: number;
}

/** Gradient steps of soft actor-critic (Haarnoja et al. 2018b) on batches of transitions, and their gradients. */
export class SacUpdate {
  /** Actions in (−1, 1) of the last {@link SacUpdate.draw}, `[rows × actionSize]`. */
  readonly actions: Float64Array;
  /** ln π of each of them, the Jacobian of tanh included. */
  readonly logDensities: Float64Array;
  readonly #noise: Float64Array;
  readonly #targets: Float64Array;
  /** Losses of the last gradients. */
  readonly batch = { criticLoss: 0, actorLoss: 0, entropy: 0 };

  constructor(
    readonly networks: SacNetworks,
    readonly options: SacOptions,
    maxBatch: number,
  ) {
    this.actions = new Float64Array(maxBatch * networks.actionSize);
    this.#noise = new Float64Array(maxBatch * networks.actionSize);
    this.logDensities = new Float64Array(maxBatch);
    this.#targets = new Float64Array(maxBatch);
    networks.alpha = options.entCoef === 'auto' ? 1 : options.entCoef;
  }

  /** One update of the critics, the actor, the temperature and the targets, in this order. */
  run(batch: ReplayBatch, rows: number, stream: RandomStream): SacMetrics {
    const { networks, options } = this;
    this.criticGradients(batch, rows, stream);
    networks.criticParameters.step(options.learningRate);
    this.actorGradients(batch, rows, stream);
    networks.actorParameters.step(options.learningRate);
    if (options.entCoef === 'auto') {
      networks.temperature.gradients[0] = this.batch.entropy + networks.actionSize;
      networks.temperature.step(options.learningRate);
    }
    networks.follow(options.tau);
    return { ...this.batch };
  }

  /** Draws a = tanh(μ + σ ε) on `rows` observations `[rows × observationSize]`. */
  draw(observations: Float32Array, rows: number, stream: RandomStream): void {
    const { actor, actionSize, observationSize } = this.networks;
    load(observations, observationSize, rows, actor, 0);
    actor.forward(rows);
    for (let row = 0; row < rows; row++) {
      const at = row * actor.outputStride;
      let sum = 0;
      for (let d = 0; d < actionSize; d++) {
        const logStd = clamped(actor.output[at + actionSize + d]);
        const epsilon = stream.normal();
        const u = actor.output[at + d] + exp(logStd) * epsilon;
        this.#noise[row * actionSize + d] = epsilon;
        this.actions[row * actionSize + d] = tanh(u);
        sum -= 0.5 * epsilon * epsilon + logStd + HALF_LOG_TWO_PI + logSlope(u);
      }
      this.logDensities[row] = sum;
    }
  }

  /**
   * Puts the gradients of ½ Σ_j mean (Q_j(s, a) − y)² in the place of the last ones, where
   * y = R + D (min_j Q'_j(s', a') − α ln π(a' | s')), a' ~ π(· | s').
   */
  criticGradients(batch: ReplayBatch, rows: number, stream: RandomStream): void {
    const { networks } = this;
    const { observationSize, actionSize, alpha } = networks;
    this.draw(batch.nextObservations, rows, stream);
    for (const target of networks.targets) {
      load(batch.nextObservations, observationSize, rows, target, 0);
      load(this.actions, actionSize, rows, target, observationSize);
      target.forward(rows);
    }
    const [first, second] = networks.targets;
    for (let row = 0; row < rows; row++) {
      const at = row * first.outputStride;
      const q = Math.min(first.output[at], second.output[at]);
      this.#targets[row] = batch.returns[row] + batch.discounts[row] * (q - alpha * this.logDensities[row]);
    }
    networks.criticParameters.gradients.fill(0);
    this.batch.criticLoss = 0;
    for (const critic of networks.critics) {
      load(batch.observations, observationSize, rows, critic, 0);
      load(batch.actions, actionSize, rows, critic, observationSize);
      critic.forward(rows);
      for (let row = 0; row < rows; row++) {
        const at = row * critic.outputStride;
        const error = critic.output[at] - this.#targets[row];
        critic.outputGradient[at] = error / rows;
        this.batch.criticLoss += (error * error) / (2 * rows);
      }
      critic.backward(rows);
    }
  }

  /** Puts the gradients of mean (α ln π(a | s) − min_j Q_j(s, a)), a = tanh(μ + σ ε), in the place of the last ones. */
  actorGradients(batch: ReplayBatch, rows: number, stream: RandomStream): void {
    const { networks } = this;
    const { actor, critics, observationSize, actionSize, alpha } = networks;
    this.draw(batch.observations, rows, stream);
    this.#criticSlopes(batch, rows);
    for (let row = 0; row < rows; row++) {
      const at = row * actor.outputStride;
      const inputAt = row * critics[0].inputStride + observationSize;
      for (let d = 0; d < actionSize; d++) {
        const a = this.actions[row * actionSize + d];
        const raw = actor.output[at + actionSize + d];
        const logStd = clamped(raw);
        const slope = critics[0].inputGradient[inputAt + d] + critics[1].inputGradient[inputAt + d];
        const byMean = (2 * alpha * a) / rows + slope * (1 - a * a);
        const byLogStd = byMean * exp(logStd) * this.#noise[row * actionSize + d] - alpha / rows;
        actor.outputGradient[at + d] = byMean;
        actor.outputGradient[at + actionSize + d] = logStd === raw ? byLogStd : 0;
      }
    }
    networks.actorParameters.gradients.fill(0);
    actor.backward(rows);
  }

  /** Input gradients of −mean min_j Q_j at the actions drawn last; only the smaller critic of a row has any. */
  #criticSlopes(batch: ReplayBatch, rows: number): void {
    const { critics, observationSize, actionSize, alpha } = this.networks;
    for (const critic of critics) {
      load(batch.observations, observationSize, rows, critic, 0);
      load(this.actions, actionSize, rows, critic, observationSize);
      critic.forward(rows);
    }
    const [first, second] = critics;
    this.batch.actorLoss = 0;
    this.batch.entropy = 0;
    for (let row = 0; row < rows; row++) {
      const at = row * first.outputStride;
      const smaller = first.output[at] <= second.output[at];
      first.outputGradient[at] = smaller ? -1 / rows : 0;
      second.outputGradient[at] = smaller ? 0 : -1 / rows;
      const q = smaller ? first.output[at] : second.output[at];
      this.batch.actorLoss += (alpha * this.logDensities[row] - q) / rows;
      this.batch.entropy -= this.logDensities[row] / rows;
    }
    for (const critic of critics) critic.backward(rows, false);
  }
}

function load(
  source: Float32Array | Float64Array,
  size: number,
  rows: number,
  network: Mlp,
  offset: number,
): void {
  const { input, inputStride } = network;
  for (let row = 0; row < rows; row++) {
    const at = row * inputStride + offset;
    for (let k = 0; k < size; k++) input[at + k] = source[row * size + k];
  }
}

const clamped = (logStd: number) =>
  logStd < LOG_STD_LOW ? LOG_STD_LOW : logStd > LOG_STD_HIGH ? LOG_STD_HIGH : logStd;

/** ln(1 − tanh² u) = 2 (ln 2 − |u| − ln(1 + e^{−2|u|})), which does not cancel for large |u|. */
function logSlope(u: number): number {
  const size = Math.abs(u);
  return 2 * (LN_2 - size - log(1 + exp(-2 * size)));
}
