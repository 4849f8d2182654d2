import { parseWith } from '@metalore/core/document';
import type { VectorEnvironment } from '@metalore/core/environment';
import { InvalidInputError } from '@metalore/core/errors';
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
  terms: z
    .enum(['linear-and-log', 'log'])
    .default('linear-and-log')
    .describe('what of a feature is weighed: x / 100 and ln(1 + x), or the logarithm alone'),
  initialLogWeights: z
    .array(z.array(z.number()))
    .nullable()
    .default(null)
    .describe('[actions][features]: the first centre of the weights of the logarithms; null: 0'),
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
  /** Where the weights that are searched stand in the rows of a policy document. */
  readonly #places: readonly number[];

  /**
   * @param environment `options.episodes` environments, of any number of rows each; it is reset for every candidate
   * @throws InvalidInputError options outside their ranges, or first weights of another shape
   */
  constructor(
    readonly environment: VectorEnvironment,
    options: CemInput,
    readonly seed: number,
    readonly features: readonly string[] = environment.observationSpace.names,
  ) {
    this.options = parseWith(cemOptionsSchema, options, 'CEM options');
    this.totalTimesteps = this.options.totalTimesteps;
    const { actionSpace, observationSpace } = environment;
    const inputs = observationSpace.size;
    const all = Array.from({ length: 1 + 2 * inputs }, (_, at) => at);
    this.#places = this.options.terms === 'log' ? all.filter((at) => at === 0 || at > inputs) : all;
    const centre = firstCentre(this.options.initialLogWeights, actionSpace.size, inputs);
    const searched = centre.flatMap((row) => this.#places.map((at) => row[at]));
    const deviations = new Float64Array(searched.length).fill(this.options.initialStd);
    this.#search = new CrossEntropySearch(searched, deviations, seed);
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
    const { numEnvs, rowsPerWorld = 1 } = this.environment;
    const metrics = evaluatePolicy(
      this.#document(weights),
      this.environment,
      trainingSeed(this.seed),
      numEnvs,
      'deterministic',
      firstEpisode,
    );
    const rowSteps = metrics['length'].reduce((sum, value) => sum + value, 0);
    this.timesteps += rowSteps / rowsPerWorld;
    return meanOf(metrics['reward']) * rowsPerWorld;
  }

  #document(weights: Float64Array): PolicyDocument {
    const { actionSpace } = this.environment;
    const row = this.#places.length;
    const whole = (own: Float64Array) => {
      const all: number[] = new Array<number>(1 + 2 * this.environment.observationSpace.size).fill(0);
      this.#places.forEach((place, at) => (all[place] = own[at]));
      return all;
    };
    return {
      format: 'metalore-policy',
      version: 1,
      name: 'cem',
      features: [...this.features],
      actions: { names: [...actionSpace.names], low: [...actionSpace.low], high: [...actionSpace.high] },
      model: {
        kind: 'linear-sigmoid',
        weights: Array.from({ length: actionSpace.size }, (_, d) =>
          whole(weights.subarray(d * row, (d + 1) * row)),
        ),
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

/** `[actions][1 + 2 · inputs]`: 0, but for what is given of the logarithms. */
function firstCentre(given: CemOptions['initialLogWeights'], actions: number, inputs: number): number[][] {
  const fits = given === null || (given.length === actions && given.every((row) => row.length === inputs));
  if (!fits) {
    const message = `has rows of ${given.map((row) => row.length).join(', ')}; expected ${actions} of ${inputs}`;
    throw new InvalidInputError('CEM options', [{ path: 'initialLogWeights', message }]);
  }
  const zeros = new Array<number>(1 + inputs).fill(0);
  return Array.from({ length: actions }, (_, d) => [
    ...zeros,
    ...(given?.[d] ?? new Array<number>(inputs).fill(0)),
  ]);
}
