import { exp, log, tanh } from '@metalore/core/math';
import type { RandomStream } from '@metalore/core/random';
import { Kernel } from '../kernel/kernel.js';
import { Mlp } from '../network/mlp.js';
import { Parameters } from '../network/parameters.js';
import { ActorCriticAgent } from '../off-policy/actor-critic-agent.js';
import type { AgentModel } from '../off-policy/agent.js';
import { OFF_POLICY_ADAM } from '../off-policy/critics.js';
import { BoxCritics } from '../off-policy/box-critics.js';
import { bootstraps, loadRows } from '../off-policy/rows.js';
import { Temperature } from '../off-policy/temperature.js';
import type { ReplayBatch } from '../replay/replay.js';
import type { SacOptions } from './options.js';

const HALF_LOG_TWO_PI = 0.9189385332046727;
const LN_2 = 0.6931471805599453;
/** Stable-Baselines3's bounds of ln σ. */
const LOG_STD_LOW = -20;
const LOG_STD_HIGH = 2;
/** ln σ of a policy that does not spread: the policy file's Gaussian has one σ for all states, SAC's has not. */
const NO_SPREAD = -20;

/** Soft actor-critic on a box (Haarnoja et al. 2018b): a squashed Gaussian and two critics of (observation, action). */
export class GaussianAgent extends ActorCriticAgent {
  readonly actions: Float64Array;
  /** ln π of each action of the last {@link GaussianAgent.draw}, the Jacobian of tanh included. */
  readonly logDensities: Float64Array;
  /** Outputs: means before squashing, then logarithms of standard deviations. */
  readonly actor: Mlp;
  readonly critics: BoxCritics;
  override readonly temperature: Temperature;
  protected readonly tau: number;
  readonly metrics = {
    'train/critic_loss': 0,
    'train/actor_loss': 0,
    'train/entropy': 0,
    'train/ent_coef': 0,
  };
  readonly #noise: Float64Array;

  constructor(
    readonly observationSize: number,
    readonly actionSize: number,
    readonly options: SacOptions,
    maxBatch: number,
  ) {
    super();
    const { netArch, activation, weightDecay, entCoef } = options;
    this.tau = options.tau;
    const sizes = [observationSize, ...netArch, 2 * actionSize];
    const count = Mlp.parameterCount(sizes);
    const kernel = new Kernel(Parameters.floats(count) + Mlp.floats(sizes, maxBatch, { activation }));
    const parameters = new Parameters(kernel, count, { ...OFF_POLICY_ADAM, weightDecay });
    this.actor = new Mlp(parameters, sizes, maxBatch, 0, { activation });
    this.critics = new BoxCritics(observationSize, actionSize, options, maxBatch);
    this.temperature = new Temperature(entCoef, -actionSize);
    this.actions = new Float64Array(maxBatch * actionSize);
    this.#noise = new Float64Array(maxBatch * actionSize);
    this.logDensities = new Float64Array(maxBatch);
  }

  get actorParameters(): Parameters {
    return this.actor.parameters;
  }

  /** The actor starts near mean 0 and standard deviation 1. */
  initialise(stream: RandomStream): void {
    this.actor.initialise(stream, 0.01);
    this.critics.initialise(stream);
  }

  /** Draws a = tanh(μ + σ ε). */
  draw(observations: Float32Array, rows: number, stream: RandomStream): void {
    const { actor, actionSize, observationSize } = this;
    loadRows(observations, observationSize, observationSize, rows, actor);
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

  /** Gradients of ½ Σ_j mean (Q_j(s, a) − y)², y = R + D (min_j Q'_j(s', a') − α ln π(a' | s')), a' ~ π(· | s'). */
  criticGradients(batch: ReplayBatch, rows: number, stream: RandomStream): void {
    const { critics, temperature, metrics } = this;
    if (!bootstraps(batch, rows)) {
      metrics['train/critic_loss'] = critics.gradients(batch, undefined, rows);
      return;
    }
    this.draw(batch.nextObservations, rows, stream);
    const values = critics.targetValues(batch.nextObservations, this.actions, rows);
    const { alpha } = temperature;
    for (let row = 0; row < rows; row++) values[row] -= alpha * this.logDensities[row];
    metrics['train/critic_loss'] = critics.gradients(batch, values, rows);
  }

  /** Gradients of mean (α ln π(a | s) − min_j Q_j(s, a)), a = tanh(μ + σ ε). */
  actorGradients(batch: ReplayBatch, rows: number, stream: RandomStream): void {
    const { actor, critics, actionSize, metrics } = this;
    const { alpha } = this.temperature;
    this.draw(batch.observations, rows, stream);
    const slopes = critics.actionSlopes(batch.observations, this.actions, rows);
    let entropy = 0;
    for (let row = 0; row < rows; row++) {
      const at = row * actor.outputStride;
      for (let d = 0; d < actionSize; d++) {
        const a = this.actions[row * actionSize + d];
        const raw = actor.output[at + actionSize + d];
        const logStd = clamped(raw);
        const byMean = (2 * alpha * a) / rows - slopes[row * actionSize + d] * (1 - a * a);
        const byLogStd = byMean * exp(logStd) * this.#noise[row * actionSize + d] - alpha / rows;
        actor.outputGradient[at + d] = byMean;
        actor.outputGradient[at + actionSize + d] = logStd === raw ? byLogStd : 0;
      }
      entropy -= this.logDensities[row] / rows;
    }
    metrics['train/entropy'] = entropy;
    metrics['train/actor_loss'] = -alpha * entropy - critics.meanValue;
    actor.parameters.gradients.fill(0);
    actor.backward(rows);
  }

  /** **Deviation**: the file acts by tanh of the mean; its Gaussian has one σ for all observations, SAC's has not. */
  model(): AgentModel {
    const { actionSize } = this;
    const layers = this.actor.weights();
    const last = layers[layers.length - 1];
    layers[layers.length - 1] = {
      weights: last.weights.slice(0, actionSize),
      biases: last.biases.slice(0, actionSize),
    };
    const logStd = new Array<number>(actionSize).fill(NO_SPREAD);
    return {
      kind: 'network',
      layers,
      activation: this.options.activation,
      head: { kind: 'squashed', logStd },
    };
  }
}

const clamped = (logStd: number) =>
  logStd < LOG_STD_LOW ? LOG_STD_LOW : logStd > LOG_STD_HIGH ? LOG_STD_HIGH : logStd;

/** ln(1 − tanh² u) = 2 (ln 2 − |u| − ln(1 + e^{−2|u|})), which does not cancel for large |u|. */
function logSlope(u: number): number {
  const size = Math.abs(u);
  return 2 * (LN_2 - size - log(1 + exp(-2 * size)));
}
