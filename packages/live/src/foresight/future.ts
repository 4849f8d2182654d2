import { jobFields, type Simulator } from '@metalore/core/submetaverse';

/** Of each future. */
export const EPISODES = 32;
/** Student's t for 95 % and 31 degrees of freedom: of 32 episodes. */
const STUDENT_T = 2.0395;

/** A future: means over its episodes. Ages in s, of requests completed in a step; null in a step without any. */
export interface Future {
  readonly policy: string;
  readonly aosiS: readonly (number | null)[];
  readonly aoriS: readonly (number | null)[];
  /** Jobs that wait at the end of the step. */
  readonly requests: readonly number[];
  readonly updates: readonly number[];
  /** Over all steps; null without a completed request. */
  readonly mean: { readonly aosiS: number | null; readonly aoriS: number | null; readonly served: number };
}

/** Of the other future less the present one, over episodes of the same people and random numbers. */
export interface Difference {
  readonly mean: number;
  /** Half of the 95 % interval. */
  readonly halfWidth: number;
}

/** Sums over the episodes of one future. */
export class FutureSums {
  readonly #aosi: Float64Array;
  readonly #aosiCount: Float64Array;
  readonly #aori: Float64Array;
  readonly #count: Float64Array;
  readonly #requests: Float64Array;
  readonly #updates: Float64Array;
  /** Of every episode, in steps and as a share. */
  readonly episodes: { readonly aosi: number; readonly aori: number; readonly served: number }[] = [];
  #episode = { aosi: 0, synchronised: 0, aori: 0, completed: 0 };
  #step = 0;

  constructor(readonly steps: number) {
    [this.#aosi, this.#aosiCount, this.#aori, this.#count, this.#requests, this.#updates] = Array.from(
      { length: 6 },
      () => new Float64Array(steps),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  }

  completed({ jobs, step }: Simulator, job: number, aosi: number): void {
    const aori = step - jobs.ints[job * jobFields.JOB_INTS + jobFields.CREATED];
    this.#aori[this.#step] += aori;
    this.#count[this.#step]++;
    this.#episode.aori += aori;
    this.#episode.completed++;
    if (aosi < 0) return;
    this.#aosi[this.#step] += aosi;
    this.#aosiCount[this.#step]++;
    this.#episode.aosi += aosi;
    this.#episode.synchronised++;
  }

  endStep(step: number, { requests, updates }: Simulator): void {
    this.#requests[step] += requests.queue.length[0];
    this.#updates[step] += updates.queue.length[0];
    this.#step = step + 1;
  }

  /** @param asked requests that waited at first or came meanwhile */
  endEpisode(asked: number): void {
    const { aosi, synchronised, aori, completed } = this.#episode;
    this.episodes.push({
      aosi: aosi / synchronised,
      aori: aori / completed,
      served: asked === 0 ? 1 : completed / asked,
    });
    this.#episode = { aosi: 0, synchronised: 0, aori: 0, completed: 0 };
    this.#step = 0;
  }

  future(policy: string, stepS: number): Future {
    const ratio = (sums: Float64Array, counts: Float64Array) =>
      Array.from(sums, (sum, step) => (counts[step] === 0 ? null : (stepS * sum) / counts[step]));
    const perEpisode = (sums: Float64Array) => Array.from(sums, (sum) => sum / this.episodes.length);
    const mean = (name: 'aosi' | 'aori' | 'served', scale: number) => {
      const values = this.episodes.map((episode) => episode[name]).filter((value) => !Number.isNaN(value));
      return values.length === 0 ? null : (scale * values.reduce((a, b) => a + b, 0)) / values.length;
    };
    return {
      policy,
      aosiS: ratio(this.#aosi, this.#aosiCount),
      aoriS: ratio(this.#aori, this.#count),
      requests: perEpisode(this.#requests),
      updates: perEpisode(this.#updates),
      mean: { aosiS: mean('aosi', stepS), aoriS: mean('aori', stepS), served: mean('served', 1)! },
    };
  }
}

/** @returns null where an episode of either future has no such value */
export function differenceOf(
  [present, other]: readonly FutureSums[],
  name: 'aosi' | 'aori' | 'served',
  scale: number,
): Difference | null {
  const values = present.episodes.map((episode, at) => scale * (other.episodes[at][name] - episode[name]));
  if (values.some(Number.isNaN)) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, halfWidth: STUDENT_T * Math.sqrt(variance / values.length) };
}
