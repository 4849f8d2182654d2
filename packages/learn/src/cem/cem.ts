import { parseWith } from '@metalore/core/document';
import type { VectorEnvironment } from '@metalore/core/environment';
import { z } from 'zod';
import type { PolicyDocument } from '../policy-file/document.js';
import { evaluatePolicy, meanOf } from '../training/evaluate.js';
import type { Learner, TrainingRecord } from '../training/learner.js';
import { trainingSeed } from '../training/seeds.js';
import { CrossEntropySearch, type SearchSnapshot } from './search.js';

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
  search: SearchSnapshot;
}

/**
 * The cross-entropy method over linear-sigmoid policies (Szita & Lőrincz 2006): all candidates of a generation play the same
 * episodes. No gradients, a handful of weights: the baseline that a policy gradient has to justify itself against.
 */
export class Cem implements Learner {
  readonly algorithm = 'cem';
  readonly options: CemOptions;
  readonly totalTimesteps: number;
  timesteps = 0;
  #generation = 0;
  readonly #search: CrossEntropySearch;

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
    const deviations = new Float64Array(size).fill(this.options.initialStd);
    this.#search = new CrossEntropySearch(new Float64Array(size), deviations, seed);
  }

  /** One generation. */
  iterate(): TrainingRecord {
    const { episodes, minStd } = this.options;
    const firstEpisode = this.#generation * episodes;
    const progress = () => Math.min(1, this.timesteps / this.totalTimesteps);
    const scores = this.#search.generation(
      this.options,
      (weights) => this.#score(weights, firstEpisode),
      () => minStd * (1 - progress()),
    );
    this.#generation++;
    const { std } = this.#search;
    return {
      'time/iterations': this.#generation,
      'time/total_timesteps': this.timesteps,
      'rollout/ep_rew_mean': scores.mean,
      'train/elite_reward': scores.elite,
      'train/best_reward': scores.best,
      'train/std': std.reduce((sum, value) => sum + value, 0) / std.length,
    };
  }

  /** The policy at the centre of the distribution. */
  policy(): PolicyDocument {
    return this.#document(this.#search.mean);
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
      search: this.#search.snapshot(),
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as CemSnapshot;
    this.timesteps = state.timesteps;
    this.#generation = state.generation;
    this.#search.restore(state.search);
  }
}
