import { parseWith } from '@metalore/core/document';
import type { VectorEnvironment } from '@metalore/core/environment';
import { RandomStream } from '@metalore/core/random';
import { z } from 'zod';
import type { PolicyDocument } from '../policy-file/document.js';
import { evaluatePolicy, meanOf } from '../training/evaluate.js';
import type { Learner, TrainingRecord } from '../training/learner.js';
import { trainingSeed } from '../training/seeds.js';

/** Options of the cross-entropy method; the defaults play 14,400 episodes of 100 steps. */
export const cemOptionsSchema = z.strictObject({
  totalTimesteps: z.number().int().positive().default(1_440_000).describe('environment steps in all'),
  population: z.number().int().min(4).default(40).describe('candidates per generation'),
  elite: z
    .number()
    .int()
    .min(2)
    .default(8)
    .describe('best candidates that the next generation is drawn around'),
  episodes: z
    .number()
    .int()
    .positive()
    .default(20)
    .describe('episodes per candidate, the same for all of a generation'),
  initialStd: z
    .number()
    .positive()
    .default(1)
    .describe('standard deviation of the first generation’s weights'),
  minStd: z.number().min(0).default(0.05).describe('added to the deviation at first, falling linearly to 0'),
});

export type CemOptions = z.output<typeof cemOptionsSchema>;
export type CemInput = z.input<typeof cemOptionsSchema>;

interface CemSnapshot {
  timesteps: number;
  generation: number;
  mean: number[];
  std: number[];
  stream: number[];
}

/**
 * The cross-entropy method (Rubinstein 1999; for policies Szita & Lőrincz 2006) over linear-sigmoid policies: draw
 * weights, play the same episodes with all of them, fit a diagonal Gaussian to the best. No gradients, a handful of
 * weights: the baseline that a policy gradient has to justify itself against.
 */
export class Cem implements Learner {
  readonly algorithm = 'cem';
  readonly options: CemOptions;
  readonly totalTimesteps: number;
  timesteps = 0;
  #generation = 0;
  readonly #mean: Float64Array;
  readonly #std: Float64Array;
  readonly #stream: RandomStream;

  /** @param environment as many environments as fit `options.episodes`; it is reset for every candidate */
  constructor(
    readonly environment: VectorEnvironment,
    options: CemInput,
    readonly seed: number,
    readonly features: readonly string[] = environment.observationSpace.names,
  ) {
    this.options = parseWith(cemOptionsSchema, options, 'CEM options');
    this.totalTimesteps = this.options.totalTimesteps;
    const size = environment.actionSpace.size * (1 + 2 * environment.observationSpace.size);
    this.#mean = new Float64Array(size);
    this.#std = new Float64Array(size).fill(this.options.initialStd);
    this.#stream = new RandomStream(seed, 'cem/weights');
  }

  /** One generation. */
  iterate(): TrainingRecord {
    const { population, elite, episodes } = this.options;
    const mean = this.#mean;
    const candidates: { weights: Float64Array; score: number }[] = [];
    for (let i = 0; i < population; i++) {
      const weights = mean.map((value, k) => value + this.#std[k] * this.#stream.normal());
      candidates.push({ weights, score: this.#score(weights, this.#generation * episodes) });
    }
    candidates.sort((a, b) => b.score - a.score);
    const best = candidates.slice(0, elite);
    const floor = this.options.minStd * Math.max(0, 1 - this.timesteps / this.totalTimesteps);
    for (let k = 0; k < mean.length; k++) {
      const centre = best.reduce((sum, { weights }) => sum + weights[k], 0) / elite;
      const spread = best.reduce((sum, { weights }) => sum + (weights[k] - centre) ** 2, 0) / elite;
      mean[k] = centre;
      this.#std[k] = Math.sqrt(spread) + floor;
    }
    this.#generation++;
    const average = (values: { score: number }[]) =>
      values.reduce((sum, { score }) => sum + score, 0) / values.length;
    return {
      'time/iterations': this.#generation,
      'time/total_timesteps': this.timesteps,
      'rollout/ep_rew_mean': average(candidates),
      'train/elite_reward': average(best),
      'train/best_reward': best[0].score,
      'train/std': this.#std.reduce((sum, value) => sum + value, 0) / mean.length,
    };
  }

  /** The policy at the centre of the distribution. */
  policy(): PolicyDocument {
    return this.#document(this.#mean);
  }

  #score(weights: Float64Array, firstEpisode: number): number {
    const { episodes } = this.options;
    const metrics = evaluatePolicy(
      this.#document(weights),
      this.environment,
      trainingSeed(this.seed),
      episodes,
      'deterministic',
      firstEpisode,
    );
    this.timesteps += metrics['length'].reduce((sum, value) => sum + value, 0);
    return meanOf(metrics['reward']);
  }

  #document(weights: Float64Array): PolicyDocument {
    const { actionSpace } = this.environment;
    const row = weights.length / actionSpace.size;
    return {
      format: 'metalore-policy',
      version: 1,
      name: 'cem',
      features: [...this.features],
      actions: { names: [...actionSpace.names], low: [...actionSpace.low], high: [...actionSpace.high] },
      model: {
        kind: 'linear-sigmoid',
        weights: Array.from({ length: actionSpace.size }, (_, d) => [
          ...weights.subarray(d * row, (d + 1) * row),
        ]),
      },
      training: { algorithm: 'cem', seed: this.seed, timesteps: this.timesteps, options: this.options },
    };
  }

  snapshot(): CemSnapshot {
    return {
      timesteps: this.timesteps,
      generation: this.#generation,
      mean: [...this.#mean],
      std: [...this.#std],
      stream: this.#stream.snapshot(),
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as CemSnapshot;
    this.timesteps = state.timesteps;
    this.#generation = state.generation;
    this.#mean.set(state.mean);
    this.#std.set(state.std);
    this.#stream.restore(state.stream);
  }
}
