import { parseWith } from '@metalore/core/document';
import { InvalidInputError } from '@metalore/core/errors';
import { actionSize, isDiscrete } from '@metalore/core/environment';
import type { ActionSpace, VectorEnvironment } from '@metalore/core/environment';
import { exp } from '@metalore/core/math';
import { RandomStream } from '@metalore/core/random';
import type { ParametersSnapshot } from '../network/parameters.js';
import { Encoder } from '../normalize/encoder.js';
import { RewardScaler } from '../normalize/reward-scaler.js';
import type { Moments } from '../normalize/running-moments.js';
import { describeActions, type PolicyDocument } from '../policy-file/document.js';
import { EpisodeMeans } from '../training/episode-means.js';
import type { Learner, TrainingRecord } from '../training/learner.js';
import { trainingSeed } from '../training/seeds.js';
import { ActorCritic } from './actor-critic.js';
import { generalisedAdvantages } from './gae.js';
import { unbounded } from '../network/gaussian.js';
import { CategoricalActions, GaussianActions, type ActionDistribution } from './distribution.js';
import { scheduled } from '../training/schedule.js';
import { ppoOptionsSchema, type PpoInput, type PpoOptions } from './options.js';
import { explainedVariance, Rollout } from './rollout.js';
import { PpoUpdate, type UpdateMetrics } from './update.js';

interface PpoSnapshot {
  timesteps: number;
  iterations: number;
  updates: number;
  parameters: ParametersSnapshot;
  observationMoments: Moments;
  criticMoments: Moments;
  rewards: ReturnType<RewardScaler['snapshot']>;
  episodes: ReturnType<EpisodeMeans['snapshot']>;
  actionStream: number[];
  shuffleStream: number[];
  environment: unknown;
}

/**
 * Proximal policy optimisation (Schulman et al. 2017) over a batched environment, as Stable-Baselines3 does it, with two
 * additions: a critic that may see more than the policy, and whole episodes as the horizon.
 */
export class Ppo implements Learner {
  readonly algorithm = 'ppo';
  readonly options: PpoOptions;
  timesteps = 0;
  readonly totalTimesteps: number;
  #iterations = 0;
  #updates = 0;
  readonly #networks: ActorCritic;
  readonly #rollout: Rollout;
  readonly #update: PpoUpdate;
  readonly #encoder: Encoder;
  readonly #criticEncoder: Encoder;
  readonly #rewards: RewardScaler;
  readonly #episodes: EpisodeMeans;
  readonly #actionStream: RandomStream;
  readonly #shuffleStream: RandomStream;
  readonly #actions: Float64Array;
  readonly #lastValues: Float64Array;
  readonly #distribution: ActionDistribution;
  /** Masks of the rollout's samples; missing where all actions may be taken. */
  readonly #masks: Uint8Array | undefined;
  readonly #criticRow: Float32Array;
  readonly #one = new Float64Array(1);

  /**
   * @param environment stepped through the episodes of {@link trainingSeed}; `options.numEnvs` is its number of rows
   * @param features names of what it observes, for the policy file
   * @throws InvalidInputError options outside their ranges
   */
  constructor(
    readonly environment: VectorEnvironment<ActionSpace>,
    options: PpoInput,
    readonly seed: number,
    readonly features: readonly string[] = environment.observationSpace.names,
  ) {
    this.options = parseOptions({ ...options, numEnvs: environment.numEnvs });
    const { nSteps, batchSize, netArch, asymmetricCritic } = this.options;
    const { numEnvs, observationSpace, actionSpace } = environment;
    this.totalTimesteps = this.options.totalTimesteps;
    const observationSize = observationSpace.size;
    const extraSize = asymmetricCritic ? environment.criticSpace.size : 0;
    const criticSize = observationSize + extraSize;
    const outputs = isDiscrete(actionSpace) ? actionSpace.n : actionSpace.size;
    const size = actionSize(actionSpace);
    this.#networks = new ActorCritic(
      observationSize,
      criticSize,
      outputs,
      netArch,
      Math.max(batchSize, numEnvs),
    );
    this.#networks.initialise(new RandomStream(seed, 'ppo/weights'), this.options.logStdInit);
    this.#startAt(this.options.initialAction);
    this.#rollout = new Rollout(nSteps, numEnvs, observationSize, criticSize, size);
    this.#masks = environment.actionMasks && new Uint8Array(this.#rollout.size * outputs);
    this.#distribution = isDiscrete(actionSpace)
      ? new CategoricalActions(this.#networks, this.#rollout, actionSpace, this.#masks)
      : new GaussianActions(this.#networks, this.#rollout, this.options.head, actionSpace);
    this.#update = new PpoUpdate(this.#networks, this.#rollout, this.#distribution, batchSize);
    const { observationScale, normalizeObservations, normalizeRewards, gamma } = this.options;
    this.#encoder = new Encoder(observationSize, numEnvs, observationScale, normalizeObservations);
    this.#criticEncoder = new Encoder(extraSize, numEnvs, observationScale, normalizeObservations);
    this.#rewards = new RewardScaler(numEnvs, gamma, normalizeRewards);
    this.#episodes = new EpisodeMeans();
    this.#actionStream = new RandomStream(seed, 'ppo/actions');
    this.#shuffleStream = new RandomStream(seed, 'ppo/minibatches');
    this.#actions = new Float64Array(numEnvs * size);
    this.#lastValues = new Float64Array(numEnvs);
    this.#criticRow = new Float32Array(numEnvs * this.#rollout.criticStride);
    environment.reset(trainingSeed(seed));
  }

  #startAt(action: readonly number[] | null): void {
    if (action === null) return;
    const { actionSpace } = this.environment;
    if (isDiscrete(actionSpace)) {
      const message = 'has no meaning among numbered actions; accepted: null';
      throw new InvalidInputError('PPO options', [{ path: 'initialAction', message }]);
    }
    const { size, low, high } = actionSpace;
    if (action.length !== size || action.some((value, d) => !(value > low[d] && value < high[d]))) {
      const message = `[${action.join(', ')}]: expected ${size} numbers strictly inside the bounds`;
      throw new InvalidInputError('PPO options', [{ path: 'initialAction', message }]);
    }
    this.#networks.actor.setOutputBiases(
      action.map((value, d) => unbounded(this.options.head, value, low[d], high[d])),
    );
  }

  iterate(): TrainingRecord {
    const { options } = this;
    const progress = this.timesteps / this.totalTimesteps;
    const atBounds = this.#collect();
    this.#estimate();
    const learningRate = scheduled(options.learningRate, progress);
    const clipRange = scheduled(options.clipRange, progress);
    const entCoef = scheduled(options.entCoef, progress);
    const metrics = this.#update.run({ ...options, learningRate, clipRange, entCoef }, this.#shuffleStream);
    this.#iterations++;
    this.#updates += metrics.updates;
    return this.#record(metrics, learningRate, clipRange, atBounds);
  }

  policy(): PolicyDocument {
    const { actionSpace } = this.environment;
    return {
      format: 'metalore-policy',
      version: 1,
      name: 'ppo',
      features: [...this.features],
      actions: describeActions(this.environment),
      model: {
        kind: 'network',
        encoding: this.#encoder.encoding() as {
          scale: 'linear';
          moments: { mean: number[]; variance: number[] } | null;
        },
        layers: this.#networks.actor.weights(),
        activation: 'tanh',
        head: isDiscrete(actionSpace)
          ? { kind: 'categorical' }
          : { kind: this.options.head, logStd: [...this.#networks.logStd] },
      },
      training: { algorithm: 'ppo', seed: this.seed, timesteps: this.timesteps, options: this.options },
    };
  }

  /** Acts for `nSteps` steps and fills the rollout. @returns share of action components at a bound */
  #collect(): number {
    const { environment, options } = this;
    const rollout = this.#rollout;
    const { numEnvs } = environment;
    let atBounds = 0;
    for (let step = 0; step < options.nSteps; step++) {
      const first = step * numEnvs;
      this.#observe(first);
      this.#act(first);
      atBounds += this.#distribution.atBounds(this.#actions);
      environment.step(this.#actions);
      for (let env = 0; env < numEnvs; env++) {
        rollout.ends[first + env] = environment.terminated[env] | environment.truncated[env];
      }
      this.#rewards.step(environment.rewards, rollout.ends, rollout.rewards, first);
      this.#bootstrap(first);
      this.#episodes.take(environment);
      this.timesteps += numEnvs;
    }
    return atBounds / (options.nSteps * this.#actions.length);
  }

  /** Encodes the observations of all environments into rows `first …` of the rollout, and learns their statistics. */
  #observe(first: number): void {
    const { environment } = this;
    const rollout = this.#rollout;
    const size = environment.observationSpace.size;
    this.#encoder.learn(environment.observations);
    this.#criticEncoder.learn(environment.criticObservations);
    for (let env = 0; env < environment.numEnvs; env++) {
      const sample = first + env;
      const at = sample * rollout.criticStride;
      this.#encoder.encode(
        environment.observations,
        env,
        rollout.observations,
        sample * rollout.observationStride,
      );
      this.#encoder.encode(environment.observations, env, rollout.criticInputs, at);
      this.#criticEncoder.encode(environment.criticObservations, env, rollout.criticInputs, at + size);
    }
  }

  #act(first: number): void {
    const { environment } = this;
    const rollout = this.#rollout;
    const { actor } = this.#networks;
    const { observationStride } = rollout;
    const { numEnvs, actionMasks } = environment;
    actor.input.set(
      rollout.observations.subarray(first * observationStride, (first + numEnvs) * observationStride),
    );
    actor.forward(numEnvs);
    if (actionMasks !== undefined) this.#masks?.set(actionMasks, (first * actionMasks.length) / numEnvs);
    this.#distribution.prepare(0);
    for (let env = 0; env < numEnvs; env++) {
      rollout.logDensities[first + env] = this.#distribution.draw(
        env,
        first + env,
        this.#actionStream,
        this.#actions,
      );
    }
  }

  /** γ V(last observation) where the step limit cut an episode off that would have gone on. */
  #bootstrap(first: number): void {
    const { environment, options } = this;
    const rollout = this.#rollout;
    for (let env = 0; env < environment.numEnvs; env++) {
      rollout.bootstrap[first + env] = 0;
      if (
        !options.bootstrapTruncated ||
        environment.truncated[env] === 0 ||
        environment.terminated[env] === 1
      )
        continue;
      this.#encoder.encode(environment.finalObservations, env, this.#criticRow, 0);
      const size = environment.observationSpace.size;
      this.#criticEncoder.encode(environment.finalCriticObservations, env, this.#criticRow, size);
      this.#networks.value(this.#criticRow, 1, this.#one);
      rollout.bootstrap[first + env] = options.gamma * this.#one[0];
    }
  }

  #estimate(): void {
    const { environment, options } = this;
    const rollout = this.#rollout;
    const { numEnvs } = environment;
    const size = environment.observationSpace.size;
    for (let env = 0; env < numEnvs; env++) {
      const at = env * rollout.criticStride;
      this.#encoder.encode(environment.observations, env, this.#criticRow, at);
      this.#criticEncoder.encode(environment.criticObservations, env, this.#criticRow, at + size);
    }
    this.#networks.value(this.#criticRow, numEnvs, this.#lastValues);
    this.#networks.value(rollout.criticInputs, rollout.size, rollout.values);
    generalisedAdvantages(
      rollout.steps,
      numEnvs,
      rollout.rewards,
      rollout.values,
      rollout.ends,
      rollout.bootstrap,
      this.#lastValues,
      options.gamma,
      options.gaeLambda,
      rollout.advantages,
      rollout.returns,
    );
  }

  #record(metrics: UpdateMetrics, learningRate: number, clipRange: number, atBounds: number): TrainingRecord {
    const rollout = this.#rollout;
    const { logStd } = this.#networks;
    const isGaussian = !isDiscrete(this.environment.actionSpace);
    let std = 0;
    for (let d = 0; d < logStd.length; d++) std += exp(logStd[d]) / logStd.length;
    return {
      'time/iterations': this.#iterations,
      'time/total_timesteps': this.timesteps,
      ...this.#episodes.record(),
      'rollout/bound_fraction': atBounds,
      'train/approx_kl': metrics.approxKl,
      'train/clip_fraction': metrics.clipFraction,
      'train/clip_range': clipRange,
      'train/entropy_loss': metrics.entropyLoss,
      'train/explained_variance': explainedVariance(rollout.values, rollout.returns),
      'train/gradient_norm': metrics.gradientNorm,
      'train/learning_rate': learningRate,
      'train/loss': metrics.loss,
      'train/n_updates': this.#updates,
      'train/policy_gradient_loss': metrics.policyGradientLoss,
      ...(isGaussian && { 'train/std': std }),
      'train/stopped_by_kl': metrics.stoppedByKl ? 1 : 0,
      'train/value_loss': metrics.valueLoss,
    };
  }

  snapshot(): PpoSnapshot {
    return {
      timesteps: this.timesteps,
      iterations: this.#iterations,
      updates: this.#updates,
      parameters: this.#networks.parameters.snapshot(),
      observationMoments: this.#encoder.snapshot(),
      criticMoments: this.#criticEncoder.snapshot(),
      rewards: this.#rewards.snapshot(),
      episodes: this.#episodes.snapshot(),
      actionStream: this.#actionStream.snapshot(),
      shuffleStream: this.#shuffleStream.snapshot(),
      environment: this.environment.snapshot(),
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as PpoSnapshot;
    this.timesteps = state.timesteps;
    this.#iterations = state.iterations;
    this.#updates = state.updates;
    this.#networks.parameters.restore(state.parameters);
    this.#encoder.restore(state.observationMoments);
    this.#criticEncoder.restore(state.criticMoments);
    this.#rewards.restore(state.rewards);
    this.#episodes.restore(state.episodes);
    this.#actionStream.restore(state.actionStream);
    this.#shuffleStream.restore(state.shuffleStream);
    this.environment.restore(state.environment);
  }
}

function parseOptions(options: PpoInput): PpoOptions {
  return parseWith(ppoOptionsSchema, options, 'PPO options');
}
