import type { Scenario } from '@metalore/core/scenario';
import type { Traces } from '@metalore/core/submetaverse';
import type { RunTasks } from '../work/pool.js';
import { concatenate } from './columns.js';
import { policyOfValue, type PolicyValue } from '../policy/policy-value.js';
import { mergeProfiles } from './profile.js';
import { runEpisodes } from './run-episodes.js';
import type { EpisodeRecords, Recording } from './run-episodes.js';

/** A run: the same values give the same records, to the byte, wherever and in how many pieces it runs. */
export interface Run {
  readonly scenario: Scenario;
  readonly traces: Traces;
  readonly policy: PolicyValue;
  readonly seed: number;
  readonly episodes: number;
}

/** Part of a run, as a worker gets it. */
export interface RunSlice extends Run {
  readonly first: number;
  readonly count: number;
  readonly recording: Recording;
}

/** Runs one slice in this thread. */
export async function runSlice(slice: RunSlice): Promise<EpisodeRecords> {
  const policy = await policyOfValue(slice.policy);
  return runEpisodes(slice.scenario, policy, slice, slice.traces, slice.recording);
}

/** Device-steps in a slice: about a tenth of a second, against which starting a task costs nothing. */
const SLICE_DEVICE_STEPS = 1e6;

/**
 * Runs all episodes of a run.
 *
 * @param onProgress told how many episodes have come in
 */
export async function simulate(
  run: Run,
  recording: Recording,
  runTasks: RunTasks,
  onProgress: (episodes: number) => void = () => undefined,
): Promise<EpisodeRecords> {
  const slices = cut(run, recording);
  const parts: EpisodeRecords[] = [];
  await runTasks(
    { name: 'episodes', run: runSlice },
    slices.map((slice) => ({ key: `${slice.first}`, payload: slice })),
    (position, records) => {
      parts[position] = records as EpisodeRecords;
      onProgress(slices[position].count);
    },
  );
  return joinRecords(parts);
}

/** Device-steps that one thread does in a second or so. */
const LIGHT_DEVICE_STEPS = 1e7;

/** Whether runs of a scenario are over before a worker thread would have paid. @param episodes of all runs together */
export function isLight({ episodeSteps, ues, sensors }: Scenario, episodes: number): boolean {
  return episodes * episodeSteps * (ues.count + sensors.count) <= LIGHT_DEVICE_STEPS;
}

/** Slices depend on the run alone, not on the number of workers: sums are then added in the same order everywhere. */
function cut(run: Run, recording: Recording): RunSlice[] {
  const { episodeSteps, ues, sensors } = run.scenario;
  const cost = episodeSteps * (ues.count + sensors.count);
  const size = Math.max(1, Math.floor(SLICE_DEVICE_STEPS / cost));
  const slices: RunSlice[] = [];
  for (let first = 0; first < run.episodes; first += size) {
    slices.push({ ...run, first, count: Math.min(size, run.episodes - first), recording });
  }
  return slices;
}

function joinRecords(parts: readonly EpisodeRecords[]): EpisodeRecords {
  return {
    episodes: concatenate(parts.map((part) => part.episodes)),
    cells: concatenate(parts.map((part) => part.cells)),
    requests: concatenate(parts.map((part) => part.requests)),
    steps: concatenate(parts.map((part) => part.steps)),
    profile: parts[0]?.profile && mergeProfiles(parts.map((part) => part.profile!)),
  };
}
