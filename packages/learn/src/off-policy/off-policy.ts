import { actionSize, isDiscrete } from '@metalore/core/environment';
import type { ActionSpace, BoxSpace, VectorEnvironment } from '@metalore/core/environment';
import { InvalidInputError } from '@metalore/core/errors';
import { RandomStream } from '@metalore/core/random';
import { Encoder } from '../normalize/encoder.js';
import { spaceMoments } from '../normalize/space-moments.js';
import { describeActions, type NetworkModel, type PolicyDocument } from '../policy-file/document.js';
import { Replay, replayBatch, type ReplayBatch, type ReplaySnapshot } from '../replay/replay.js';
import { EpisodeMeans } from '../training/episode-means.js';
import type { Learner, TrainingRecord } from '../training/learner.js';
import { scheduled } from '../training/schedule.js';
import { trainingSeed } from '../training/seeds.js';
import type { Agent, RowShape } from './agent.js';
import type { OffPolicyOptions } from './options.js';

interface OffPolicySnapshot {
  timesteps: number;
  updates: number;
  agent: unknown;
  replay: ReplaySnapshot;
  episodes: ReturnType<EpisodeMeans['snapshot']>;
  actionStream: number[];
  updateStream: number[];
  environment: unknown;
}

/** What a learner is, beside the loop. */
export interface OffPolicyParts {
  readonly algorithm: string;
  readonly options: OffPolicyOptions;
  readonly seed: number;
  /** Names of what is observed, for the policy file. */
  readonly features: readonly string[];
  /** @param maxBatch largest number of rows that the agent is given */
  createAgent(shape: RowShape, maxBatch: number): Agent;
  /** Share of uniform actions when `progress` of the training is done. */
  uniformShare(progress: number): number;
}

/**
 * Learning from a replay: environments are stepped by the agent's draws, every step is noted, and so many updates follow
 * each. Before `learningStarts` actions are uniform; `criticWarmup` updates of the critics alone come first.
 */
export class OffPolicy implements Learner {
  readonly algorithm: string;
  readonly options: OffPolicyOptions;
  readonly seed: number;
  readonly features: readonly string[];
  timesteps = 0;
  readonly totalTimesteps: number;
  readonly agent: Agent;
  #updates = 0;
  readonly #uniformShare: (progress: number) => number;
  readonly #shape: RowShape;
  readonly #replay: Replay;
  readonly #batch: ReplayBatch;
  readonly #encoder: Encoder;
  readonly #episodes = new EpisodeMeans();
  readonly #actionStream: RandomStream;
  readonly #updateStream: RandomStream;
  readonly #rows: Float32Array;
  readonly #taken: Float32Array;
  readonly #actions: Float64Array;

  /** @param environment stepped through the episodes of {@link trainingSeed} */
  constructor(
    readonly environment: VectorEnvironment<ActionSpace>,
    parts: OffPolicyParts,
  ) {
    const { algorithm, options, seed, features, createAgent, uniformShare } = parts;
    const { numEnvs, observationSpace, actionSpace } = environment;
    this.algorithm = algorithm;
    this.options = options;
    this.seed = seed;
    this.features = features;
    this.totalTimesteps = options.totalTimesteps;
    this.#uniformShare = uniformShare;
    const observationSize = observationSpace.size;
    const maskSize = isDiscrete(actionSpace) && environment.actionMasks !== undefined ? actionSpace.n : 0;
    const rowSize = observationSize + maskSize;
    this.#shape = { observationSize, maskSize, rowSize };
    this.agent = createAgent(this.#shape, Math.max(options.batchSize, numEnvs));
    const size = actionSize(actionSpace);
    const { bufferSize: capacity, nSteps, gamma, batchSize, priorityExponent } = options;
    this.#replay = new Replay({
      capacity,
      observationSize: rowSize,
      actionSize: size,
      numEnvs,
      nSteps,
      gamma,
      priorityExponent,
    });
    this.#batch = replayBatch(batchSize, rowSize, size);
    this.#encoder = new Encoder(
      observationSize,
      numEnvs,
      options.observationScale,
      options.normalizeObservations,
    );
    if (options.normalizeObservations) {
      this.#encoder.restore(spaceMoments(observationSpace, options.observationScale));
    }
    this.#actionStream = new RandomStream(seed, `${algorithm}/actions`);
    this.#updateStream = new RandomStream(seed, `${algorithm}/updates`);
    this.#rows = new Float32Array(numEnvs * rowSize);
    this.#taken = new Float32Array(numEnvs * size);
    this.#actions = new Float64Array(numEnvs * size);
    environment.reset(trainingSeed(seed));
  }

  iterate(): TrainingRecord {
    const { options, environment } = this;
    const end = Math.min(this.totalTimesteps, this.timesteps + options.logInterval);
    const sums: Record<string, number> = {};
    const before = this.#updates;
    while (this.timesteps < end) {
      this.#act();
      this.#step();
      this.timesteps += environment.numEnvs;
      if (this.timesteps < options.learningStarts || this.#replay.size === 0) continue;
      while (this.#updates < (options.criticWarmup ?? 0)) this.#learn(sums, true);
      for (let k = 0; k < options.gradientSteps; k++) this.#learn(sums, false);
    }
    const count = this.#updates - before;
    const record: Record<string, number> = {
      ...this.#episodes.record(),
      'time/total_timesteps': this.timesteps,
      'train/n_updates': this.#updates,
      'train/learning_rate': scheduled(options.learningRate, this.#progress()),
      'train/uniform_share': this.#share(),
    };
    for (const [name, sum] of Object.entries(sums)) record[name] = sum / count;
    return record;
  }

  #progress(): number {
    return Math.min(1, this.timesteps / this.totalTimesteps);
  }

  #share(): number {
    return this.timesteps < this.options.learningStarts ? 1 : this.#uniformShare(this.#progress());
  }

  #learn(sums: Record<string, number>, criticsOnly: boolean): void {
    const { batchSize, learningRate, criticLearningRate, importanceExponent } = this.options;
    const progress = this.#progress();
    const rates = {
      actor: scheduled(learningRate, progress),
      critic: scheduled(criticLearningRate ?? learningRate, progress),
    };
    this.#replay.sample(batchSize, this.#updateStream, this.#batch, scheduled(importanceExponent, progress));
    this.agent.update(this.#batch, batchSize, rates, this.#updateStream, criticsOnly);
    this.#replay.reprioritise(batchSize, this.#batch);
    for (const [name, value] of Object.entries(this.agent.metrics)) sums[name] = (sums[name] ?? 0) + value;
    this.#updates++;
  }

  #act(): void {
    const { environment, agent } = this;
    const { numEnvs, actionSpace } = environment;
    const share = this.#share();
    this.#encode(environment.observations, environment.actionMasks);
    if (share < 1) agent.draw(this.#rows, numEnvs, this.#actionStream);
    for (let env = 0; env < numEnvs; env++) {
      const isUniform = share === 1 || (share > 0 && this.#actionStream.uniform() < share);
      if (isDiscrete(actionSpace)) {
        const action = isUniform ? this.#uniformAction(env, actionSpace.n) : agent.actions[env];
        this.#taken[env] = this.#actions[env] = action;
      } else this.#actInBox(env, actionSpace, isUniform);
      this.#replay.begin(env, this.#rows, this.#taken);
    }
  }

  #actInBox(env: number, { size, low, high }: BoxSpace, isUniform: boolean): void {
    for (let d = 0; d < size; d++) {
      const at = env * size + d;
      const unit = isUniform ? 2 * this.#actionStream.uniform() - 1 : this.agent.actions[at];
      this.#taken[at] = unit;
      this.#actions[at] = low[d] + ((high[d] - low[d]) * (1 + this.#taken[at])) / 2;
    }
  }

  /** An action, each of those that the mask leaves with the same probability. */
  #uniformAction(env: number, n: number): number {
    const { actionMasks } = this.environment;
    if (actionMasks === undefined) return this.#actionStream.integer(n);
    let allowed = 0;
    for (let a = 0; a < n; a++) allowed += actionMasks[env * n + a];
    let rest = this.#actionStream.integer(allowed);
    for (let a = 0; a < n; a++) {
      if (actionMasks[env * n + a] === 0) continue;
      if (rest === 0) return a;
      rest--;
    }
    return 0;
  }

  #step(): void {
    const { environment } = this;
    environment.step(this.#actions);
    this.#encode(environment.observations, environment.actionMasks);
    for (let env = 0; env < environment.numEnvs; env++) {
      const terminated = environment.terminated[env] === 1;
      const truncated = environment.truncated[env] === 1;
      if (terminated || truncated) this.#encodeRow(environment.finalObservations, env, undefined);
      const reward = this.options.rewardScale * environment.rewards[env];
      this.#replay.finish(env, reward, this.#rows, terminated, truncated);
    }
    this.#episodes.take(environment);
  }

  #encode(observations: Float64Array, masks: Uint8Array | undefined): void {
    for (let env = 0; env < this.environment.numEnvs; env++) this.#encodeRow(observations, env, masks);
  }

  /** @param masks undefined: whatever there is to mask is allowed */
  #encodeRow(observations: Float64Array, env: number, masks: Uint8Array | undefined): void {
    const { observationSize, maskSize, rowSize } = this.#shape;
    this.#encoder.encode(observations, env, this.#rows, env * rowSize);
    const at = env * rowSize + observationSize;
    for (let a = 0; a < maskSize; a++) {
      this.#rows[at + a] = masks === undefined ? 1 : masks[env * maskSize + a];
    }
  }

  policy(): PolicyDocument {
    const encoding = this.#encoder.encoding() as NetworkModel['encoding'];
    return {
      format: 'metalore-policy',
      version: 1,
      name: this.algorithm,
      features: [...this.features],
      actions: describeActions(this.environment),
      model: { ...this.agent.model(), encoding },
      training: {
        algorithm: this.algorithm,
        seed: this.seed,
        timesteps: this.timesteps,
        options: this.options,
      },
    };
  }

  snapshot(): OffPolicySnapshot {
    return {
      timesteps: this.timesteps,
      updates: this.#updates,
      agent: this.agent.snapshot(),
      replay: this.#replay.snapshot(),
      episodes: this.#episodes.snapshot(),
      actionStream: this.#actionStream.snapshot(),
      updateStream: this.#updateStream.snapshot(),
      environment: this.environment.snapshot(),
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as OffPolicySnapshot;
    this.timesteps = state.timesteps;
    this.#updates = state.updates;
    this.agent.restore(state.agent);
    this.#replay.restore(state.replay);
    this.#episodes.restore(state.episodes);
    this.#actionStream.restore(state.actionStream);
    this.#updateStream.restore(state.updateStream);
    this.environment.restore(state.environment);
  }
}

/** @throws InvalidInputError a space that is not a box with finite bounds */
export function finiteBox(space: ActionSpace, learner: string): BoxSpace {
  if (isDiscrete(space)) {
    const message = `has ${space.n} numbered actions; ${learner} needs a box; accepted: dqn, sac, diffusion, ppo`;
    throw new InvalidInputError('action space', [{ path: '', message }]);
  }
  const problems = space.names
    .map((path, d) => ({ path, low: space.low[d], high: space.high[d] }))
    .filter(({ low, high }) => !(Number.isFinite(low) && Number.isFinite(high) && low < high))
    .map(({ path, low, high }) => ({
      path,
      message: `[${low}, ${high}]: ${learner} needs finite bounds, low < high`,
    }));
  if (problems.length > 0) throw new InvalidInputError('action space', problems);
  return space;
}
