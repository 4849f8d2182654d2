import { parseWith } from '@metalore/core/document';
import type { VectorEnvironment } from '@metalore/core/environment';
import { InvalidInputError } from '@metalore/core/errors';
import { tanh } from '@metalore/core/math';
import { RandomStream } from '@metalore/core/random';
import { z } from 'zod';
import { Kernel } from '../kernel/kernel.js';
import { Mlp } from '../network/mlp.js';
import { Parameters, type ParametersSnapshot } from '../network/parameters.js';
import { Encoder } from '../normalize/encoder.js';
import type { Moments } from '../normalize/running-moments.js';
import type { PolicyDocument } from '../policy-file/document.js';
import { EpisodeMeans } from '../training/episode-means.js';
import type { Learner, TrainingRecord } from '../training/learner.js';
import { trainingSeed } from '../training/seeds.js';

/** An environment of one-step episodes that also says how its rewards change with the actions it was given. */
export interface DifferentiableEnvironment extends VectorEnvironment {
  /** ∂ reward/∂ action of the last step, `Float64Array [numEnvs × actionSpace.size]`; empty where there is none. */
  readonly actionGradients: Float64Array;
}

/** Options of {@link GradientAscent}. */
export const gradientOptionsSchema = z.strictObject({
  totalTimesteps: z.int().positive().default(768_000).describe('states in all'),
  numEnvs: z.int().positive().default(256).describe('states per update'),
  updatesPerIteration: z.int().positive().default(100).describe('updates between two records'),
  learningRate: z
    .number()
    .positive()
    .default(4e-3)
    .describe('step size of Adam at first; it falls linearly to 0'),
  maxGradNorm: z.number().positive().default(10).describe('gradients are scaled down to this norm'),
  netArch: z.array(z.int().positive()).min(1).default([128, 128]).describe('hidden units'),
  normalizeObservations: z
    .boolean()
    .default(true)
    .describe('to running mean 0 and variance 1, clipped at ±10'),
});

export type GradientOptions = z.output<typeof gradientOptionsSchema>;
export type GradientInput = z.input<typeof gradientOptionsSchema>;

interface GradientSnapshot {
  timesteps: number;
  iterations: number;
  parameters: ParametersSnapshot;
  moments: Moments;
  episodes: ReturnType<EpisodeMeans['snapshot']>;
  environment: unknown;
}

/** Logarithm of a standard deviation that is none: the policy is deterministic. */
const NO_SPREAD = -20;

/**
 * What a network can learn where the reward's true gradient is at hand: no exploration, no critic, no estimate. The
 * perceptron's output u becomes the action low + range · (1 + tanh u)/2, and Adam follows ∂ reward/∂ action · ∂ action/∂ u.
 * The control beside which reinforcement learning on such problems has to be read.
 */
export class GradientAscent implements Learner {
  readonly algorithm = 'gradient';
  readonly options: GradientOptions;
  readonly totalTimesteps: number;
  timesteps = 0;
  #iterations = 0;
  readonly #network: Mlp;
  readonly #encoder: Encoder;
  readonly #episodes = new EpisodeMeans();
  readonly #actions: Float64Array;
  readonly #slopes: Float64Array;

  /** @throws InvalidInputError options outside their ranges, or an environment without gradients */
  constructor(
    readonly environment: DifferentiableEnvironment,
    options: GradientInput,
    readonly seed: number,
    readonly features: readonly string[] = environment.observationSpace.names,
  ) {
    const { numEnvs, observationSpace, actionSpace, actionGradients } = environment;
    this.options = parseWith(gradientOptionsSchema, { ...options, numEnvs }, 'gradient options');
    this.totalTimesteps = this.options.totalTimesteps;
    if (actionGradients.length !== numEnvs * actionSpace.size) {
      throw new InvalidInputError('gradient', [
        { path: 'environment', message: 'has no gradients of its rewards for these actions' },
      ]);
    }
    const sizes = [observationSpace.size, ...this.options.netArch, actionSpace.size];
    const count = Mlp.parameterCount(sizes);
    const kernel = new Kernel(Parameters.floats(count) + Mlp.floats(sizes, numEnvs));
    this.#network = new Mlp(new Parameters(kernel, count), sizes, numEnvs, 0);
    this.#network.initialise(new RandomStream(seed, 'gradient/weights'), 0.01);
    this.#encoder = new Encoder(observationSpace.size, numEnvs, 'linear', this.options.normalizeObservations);
    this.#actions = new Float64Array(numEnvs * actionSpace.size);
    this.#slopes = new Float64Array(this.#actions.length);
    environment.reset(trainingSeed(seed));
  }

  iterate(): TrainingRecord {
    const { options, environment } = this;
    let gradientNorm = 0;
    let learningRate = 0;
    for (let update = 0; update < options.updatesPerIteration; update++) {
      if (this.timesteps >= this.totalTimesteps) break;
      learningRate = options.learningRate * (1 - this.timesteps / this.totalTimesteps);
      this.#act();
      environment.step(this.#actions);
      this.#episodes.take(environment);
      gradientNorm = this.#ascend(learningRate);
      this.timesteps += environment.numEnvs;
    }
    this.#iterations++;
    return {
      'time/iterations': this.#iterations,
      'time/total_timesteps': this.timesteps,
      ...this.#episodes.record(),
      'train/gradient_norm': gradientNorm,
      'train/learning_rate': learningRate,
    };
  }

  #act(): void {
    const { observations, numEnvs, actionSpace } = this.environment;
    const network = this.#network;
    this.#encoder.learn(observations);
    for (let row = 0; row < numEnvs; row++) {
      this.#encoder.encode(observations, row, network.input, row * network.inputStride);
    }
    network.forward(numEnvs);
    const { size, low, high } = actionSpace;
    for (let row = 0; row < numEnvs; row++) {
      for (let d = 0; d < size; d++) {
        const y = tanh(network.output[row * network.outputStride + d]);
        const half = 0.5 * (high[d] - low[d]);
        this.#actions[row * size + d] = low[d] + half * (1 + y);
        this.#slopes[row * size + d] = half * (1 - y * y);
      }
    }
  }

  /** One step of Adam up the mean reward. @returns the gradient's norm */
  #ascend(learningRate: number): number {
    const { actionGradients, numEnvs, actionSpace } = this.environment;
    const network = this.#network;
    const { size } = actionSpace;
    network.parameters.gradients.fill(0);
    for (let row = 0; row < numEnvs; row++) {
      for (let d = 0; d < size; d++) {
        const at = row * size + d;
        const slope = (actionGradients[at] * this.#slopes[at]) / numEnvs;
        network.outputGradient[row * network.outputStride + d] = -slope;
      }
    }
    network.backward(numEnvs);
    return network.parameters.step(learningRate, this.options.maxGradNorm);
  }

  policy(): PolicyDocument {
    const { actionSpace } = this.environment;
    return {
      format: 'metalore-policy',
      version: 1,
      name: 'gradient',
      features: [...this.features],
      actions: { names: [...actionSpace.names], low: [...actionSpace.low], high: [...actionSpace.high] },
      model: {
        kind: 'network',
        encoding: this.#encoder.encoding() as {
          scale: 'linear';
          moments: { mean: number[]; variance: number[] } | null;
        },
        layers: this.#network.weights(),
        activation: 'tanh',
        head: { kind: 'squashed', logStd: new Array<number>(actionSpace.size).fill(NO_SPREAD) },
      },
      training: { algorithm: 'gradient', seed: this.seed, timesteps: this.timesteps, options: this.options },
    };
  }

  snapshot(): GradientSnapshot {
    return {
      timesteps: this.timesteps,
      iterations: this.#iterations,
      parameters: this.#network.parameters.snapshot(),
      moments: this.#encoder.snapshot(),
      episodes: this.#episodes.snapshot(),
      environment: this.environment.snapshot(),
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as GradientSnapshot;
    this.timesteps = state.timesteps;
    this.#iterations = state.iterations;
    this.#network.parameters.restore(state.parameters);
    this.#encoder.restore(state.moments);
    this.#episodes.restore(state.episodes);
    this.environment.restore(state.environment);
  }
}
