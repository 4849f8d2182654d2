import type { Scenario } from '@metalore/core/scenario';
import type { ColumnData } from './columns.js';

/**
 * What figures show of a run, summed over its episodes and cells: of the same size whatever the number of episodes. Plain data, which can be sent between threads.
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

/** Adds up the tables of whole episodes. */
export function profileOf(
  scenario: Scenario,
  episodes: number,
  requests: ColumnData,
  steps: ColumnData,
): ProfileData {
  const sums = Object.fromEntries(
    STEP_SUMS.map((name) => [name, new Float64Array(scenario.episodeSteps)]),
  ) as Record<StepSum, Float64Array>;
  for (const name of ['requestQueueJobs', 'updateQueueJobs', 'rhoC', 'rhoP', 'reward'] as const) {
    const column = steps[name];
    for (let row = 0; row < column.length; row++) sums[name][steps.step[row]] += column[row];
  }
  const ages = { aosi: [] as number[], aori: [] as number[] };
  for (let row = 0; row < requests.completed.length; row++) {
    const step = requests.completed[row];
    const aori = requests.aori[row];
    const aosi = requests.aosi[row];
    sums.completed[step]++;
    sums.aori[step] += aori;
    ages.aori[aori] = (ages.aori[aori] ?? 0) + 1;
    if (aosi < 0) continue; // served without sensor data
    sums.synchronised[step]++;
    sums.aosi[step] += aosi;
    ages.aosi[aosi] = (ages.aosi[aosi] ?? 0) + 1;
  }
  const counts = (sparse: readonly number[]): Float64Array =>
    Float64Array.from({ length: sparse.length }, (_, age) => sparse[age] ?? 0);
  return {
    episodes,
    cells: scenario.cells.length,
    steps: sums,
    aosiCounts: counts(ages.aosi),
    aoriCounts: counts(ages.aori),
  };
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
  for (const array of arrays) for (let index = 0; index < array.length; index++) sum[index] += array[index];
  return sum;
}
