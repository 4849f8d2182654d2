import { parseWith } from '@metalore/core/document';
import { InvalidInputError } from '@metalore/core/errors';
import type { VectorEnvironment } from '@metalore/core/environment';
import { RandomStream } from '@metalore/core/random';
import type { ParametersSnapshot } from '../network/parameters.js';
import { Encoder } from '../normalize/encoder.js';
import type { NetworkModel, PolicyDocument } from '../policy-file/document.js';
import { Replay, replayBatch, type ReplayBatch, type ReplaySnapshot } from '../replay/replay.js';
import { EpisodeMeans } from '../training/episode-means.js';
import type { Learner, TrainingRecord } from '../training/learner.js';
import { trainingSeed } from '../training/seeds.js';
import { SacNetworks } from './networks.js';
import { sacOptionsSchema, type SacInput, type SacOptions } from './options.js';
import { SacUpdate, type SacMetrics } from './update.js';

interface SacSnapshot {
  timesteps: number;
  updates: number;
  networks: ParametersSnapshot[];
  replay: ReplaySnapshot;
  episodes: ReturnType<EpisodeMeans['snapshot']>;
  actionStream: number[];
  updateStream: number[];
  environment: unknown;
}

/** ln σ of a policy that does not spread: the policy file's Gaussian has one σ for all states, SAC's has not. */
const NO_SPREAD = -20;

/**
 * Soft actor-critic (Haarnoja et al. 2018b) on a box of actions: a squashed Gaussian, two critics with slow targets, and a
 * temperature that is learnt.
 *
 * **Deviation** from Stable-Baselines3: tanh between the layers, so that a policy file and its ONNX export hold the actor
 * as they hold PPO's; 64 units instead of 256. The policy file acts by tanh of the mean.
 */
export class Sac implements Learner {
  readonly algorithm = 'sac';
  readonly options: SacOptions;
  timesteps = 0;
  readonly totalTimesteps: number;
  #updates = 0;
  readonly #networks: SacNetworks;
  readonly #update: SacUpdate;
  readonly #replay: Replay;
  readonly #batch: ReplayBatch;
  readonly #encoder: Encoder;
  readonly #episodes = new EpisodeMeans();
  readonly #actionStream: RandomStream;
  readonly #updateStream: RandomStream;
  readonly #rows: Float32Array;
  readonly #unit: Float32Array;
  readonly #actions: Float64Array;

  /**
   * @param environment stepped through the episodes of {@link trainingSeed}
   * @param features names of what it observes, for the policy file
   * @throws InvalidInputError options outside their ranges, or an action without finite bounds
   */
  constructor(
    readonly environment: VectorEnvironment,
    options: SacInput,
    readonly seed: number,
    readonly features: readonly string[] = environment.observationSpace.names,
  ) {
    this.options = parseWith(sacOptionsSchema, options, 'SAC options');
    const { netArch, batchSize, bufferSize, nSteps, gamma, observationScale } = this.options;
    const { numEnvs, observationSpace, actionSpace } = environment;
    checkBounds(environment);
    this.totalTimesteps = this.options.totalTimesteps;
    const maxBatch = Math.max(batchSize, numEnvs);
    const [observationSize, actionSize] = [observationSpace.size, actionSpace.size];
    this.#networks = new SacNetworks(observationSize, actionSize, netArch, maxBatch);
    this.#networks.initialise(new RandomStream(seed, 'sac/weights'));
    this.#update = new SacUpdate(this.#networks, this.options, maxBatch);
    this.#replay = new Replay({ capacity: bufferSize, observationSize, actionSize, numEnvs, nSteps, gamma });
    this.#batch = replayBatch(batchSize, observationSize, actionSize);
    this.#encoder = new Encoder(observationSize, numEnvs, observationScale, false);
    this.#actionStream = new RandomStream(seed, 'sac/actions');
    this.#updateStream = new RandomStream(seed, 'sac/updates');
    this.#rows = new Float32Array(numEnvs * observationSize);
    this.#unit = new Float32Array(numEnvs * actionSize);
    this.#actions = new Float64Array(numEnvs * actionSize);
    environment.reset(trainingSeed(seed));
  }

  iterate(): TrainingRecord {
    const { options, environment } = this;
    const end = Math.min(this.totalTimesteps, this.timesteps + options.logInterval);
    const sums: SacMetrics = { criticLoss: 0, actorLoss: 0, entropy: 0 };
    const before = this.#updates;
    while (this.timesteps < end) {
      this.#act();
      this.#step();
      this.timesteps += environment.numEnvs;
      if (this.timesteps < options.learningStarts || this.#replay.size === 0) continue;
      for (let k = 0; k < options.gradientSteps; k++) this.#learn(sums);
    }
    const count = this.#updates - before;
    return {
      ...this.#episodes.record(),
      'time/total_timesteps': this.timesteps,
      'train/n_updates': this.#updates,
      'train/actor_loss': sums.actorLoss / count,
      'train/critic_loss': sums.criticLoss / count,
      'train/entropy': sums.entropy / count,
      'train/ent_coef': this.#networks.alpha,
      'train/learning_rate': options.learningRate,
    };
  }

  #learn(sums: SacMetrics): void {
    const { batchSize } = this.options;
    this.#replay.sample(batchSize, this.#updateStream, this.#batch);
    const metrics = this.#update.run(this.#batch, batchSize, this.#updateStream);
    sums.criticLoss += metrics.criticLoss;
    sums.actorLoss += metrics.actorLoss;
    sums.entropy += metrics.entropy;
    this.#updates++;
  }

  /** Uniform actions before learning starts, draws of the policy after. */
  #act(): void {
    const { environment } = this;
    const { numEnvs } = environment;
    const { size, low, high } = environment.actionSpace;
    const uniform = this.timesteps < this.options.learningStarts;
    this.#encode(environment.observations);
    if (!uniform) this.#update.draw(this.#rows, numEnvs, this.#actionStream);
    for (let i = 0; i < numEnvs * size; i++) {
      this.#unit[i] = uniform ? 2 * this.#actionStream.uniform() - 1 : this.#update.actions[i];
      const d = i % size;
      this.#actions[i] = low[d] + ((high[d] - low[d]) * (1 + this.#unit[i])) / 2;
    }
    for (let env = 0; env < numEnvs; env++) this.#replay.begin(env, this.#rows, this.#unit);
  }

  #step(): void {
    const { environment } = this;
    const { size } = environment.observationSpace;
    environment.step(this.#actions);
    this.#encode(environment.observations);
    for (let env = 0; env < environment.numEnvs; env++) {
      const terminated = environment.terminated[env] === 1;
      const truncated = environment.truncated[env] === 1;
      if (terminated || truncated) {
        this.#encoder.encode(environment.finalObservations, env, this.#rows, env * size);
      }
      this.#replay.finish(env, environment.rewards[env], this.#rows, terminated, truncated);
    }
    this.#episodes.take(environment);
  }

  #encode(observations: Float64Array): void {
    const { size } = this.#encoder;
    for (let env = 0; env < this.environment.numEnvs; env++) {
      this.#encoder.encode(observations, env, this.#rows, env * size);
    }
  }

  policy(): PolicyDocument {
    const { actionSpace } = this.environment;
    const layers = this.#networks.actor.weights();
    const last = layers[layers.length - 1];
    layers[layers.length - 1] = {
      weights: last.weights.slice(0, actionSpace.size),
      biases: last.biases.slice(0, actionSpace.size),
    };
    return {
      format: 'metalore-policy',
      version: 1,
      name: 'sac',
      features: [...this.features],
      actions: { names: [...actionSpace.names], low: [...actionSpace.low], high: [...actionSpace.high] },
      model: {
        kind: 'network',
        encoding: this.#encoder.encoding() as NetworkModel['encoding'],
        layers,
        head: { kind: 'squashed', logStd: new Array<number>(actionSpace.size).fill(NO_SPREAD) },
      },
      training: { algorithm: 'sac', seed: this.seed, timesteps: this.timesteps, options: this.options },
    };
  }

  snapshot(): SacSnapshot {
    return {
      timesteps: this.timesteps,
      updates: this.#updates,
      networks: this.#networks.snapshot(),
      replay: this.#replay.snapshot(),
      episodes: this.#episodes.snapshot(),
      actionStream: this.#actionStream.snapshot(),
      updateStream: this.#updateStream.snapshot(),
      environment: this.environment.snapshot(),
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as SacSnapshot;
    this.timesteps = state.timesteps;
    this.#updates = state.updates;
    this.#networks.restore(state.networks);
    this.#replay.restore(state.replay);
    this.#episodes.restore(state.episodes);
    this.#actionStream.restore(state.actionStream);
    this.#updateStream.restore(state.updateStream);
    this.environment.restore(state.environment);
  }
}

function checkBounds({ actionSpace }: VectorEnvironment): void {
  const problems = actionSpace.names
    .map((path, d) => ({ path, low: actionSpace.low[d], high: actionSpace.high[d] }))
    .filter(({ low, high }) => !(Number.isFinite(low) && Number.isFinite(high) && low < high))
    .map(({ path, low, high }) => ({
      path,
      message: `[${low}, ${high}]: SAC needs finite bounds, low < high`,
    }));
  if (problems.length > 0) throw new InvalidInputError('action space', problems);
}
