import type { Simulator } from '@metalore/core/submetaverse';

/**
 * What figures show of a run, summed over its episodes and cells: cheap enough to keep always, whatever the number of
 * episodes. Plain data, which can be sent between threads.
 */
export interface ProfileData {
  readonly episodes: number;
  readonly cells: number;
  /** Per step, each `Float64Array [episodeSteps]`, sums over episodes and cells. */
  readonly steps: Readonly<Record<StepSum, Float64Array>>;
  /** How many completed requests had an age of 0, 1, 2, … steps. */
  readonly aosiCounts: Float64Array;
  readonly aoriCounts: Float64Array;
}

const STEP_SUMS = [
  'requestQueueJobs',
  'updateQueueJobs',
  'rhoC',
  'rhoP',
  'reward',
  'completed',
  'synchronised',
  'aosi',
  'aori',
] as const;

export type StepSum = (typeof STEP_SUMS)[number];

/** Adds up a {@link ProfileData} while a simulator runs. */
export class Profile {
  readonly #steps: Record<StepSum, Float64Array>;
  readonly #aosi: number[] = [];
  readonly #aori: number[] = [];
  #episodes = 0;

  constructor(
    readonly simulator: Simulator,
    episodeSteps: number,
  ) {
    this.#steps = Object.fromEntries(
      STEP_SUMS.map((name) => [name, new Float64Array(episodeSteps)]),
    ) as Record<StepSum, Float64Array>;
  }

  /** @param aosi −1 for a request without a sensor */
  request(step: number, aori: number, aosi: number): void {
    this.#steps.completed[step]!++;
    this.#steps.aori[step]! += aori;
    this.#aori[aori] = (this.#aori[aori] ?? 0) + 1;
    if (aosi < 0) return;
    this.#steps.synchronised[step]!++;
    this.#steps.aosi[step]! += aosi;
    this.#aosi[aosi] = (this.#aosi[aosi] ?? 0) + 1;
  }

  afterStep(step: number): void {
    const { cells, splits, rewards, requests, updates } = this.simulator;
    const sums = this.#steps;
    for (let cell = 0; cell < cells; cell++) {
      sums.requestQueueJobs[step]! += requests.queue.length[cell]!;
      sums.updateQueueJobs[step]! += updates.queue.length[cell]!;
      sums.rhoC[step]! += splits[cell * 2]!;
      sums.rhoP[step]! += splits[cell * 2 + 1]!;
      sums.reward[step]! += rewards[cell]!;
    }
  }

  endEpisode(): void {
    this.#episodes++;
  }

  take(): ProfileData {
    const counts = (sparse: readonly number[]): Float64Array =>
      Float64Array.from({ length: sparse.length }, (_, age) => sparse[age] ?? 0);
    return {
      episodes: this.#episodes,
      cells: this.simulator.cells,
      steps: this.#steps,
      aosiCounts: counts(this.#aosi),
      aoriCounts: counts(this.#aori),
    };
  }
}

/** The profile of several parts of a run, given in order. */
export function mergeProfiles(parts: readonly ProfileData[]): ProfileData {
  const [first] = parts;
  if (first === undefined) throw new RangeError('no profiles to merge');
  return {
    episodes: parts.reduce((sum, part) => sum + part.episodes, 0),
    cells: first.cells,
    steps: Object.fromEntries(
      STEP_SUMS.map((name) => [name, addAll(parts.map((part) => part.steps[name]))]),
    ) as Record<StepSum, Float64Array>,
    aosiCounts: addAll(parts.map((part) => part.aosiCounts)),
    aoriCounts: addAll(parts.map((part) => part.aoriCounts)),
  };
}

function addAll(arrays: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(Math.max(...arrays.map((array) => array.length)));
  for (const array of arrays) for (let index = 0; index < array.length; index++) sum[index]! += array[index]!;
  return sum;
}
