import type { Policy } from '@metalore/core/policy';
import type { Scenario } from '@metalore/core/scenario';
import { simulate } from '@metalore/core/submetaverse';
import type { Traces } from '@metalore/core/submetaverse';
import type { ColumnData } from './columns.js';
import { profileOf } from './profile.js';
import type { ProfileData } from './profile.js';

/** What a run records beside its episodes. */
export interface Recording {
  /** A row for every completed request. */
  readonly requests?: boolean;
  /** A row for every step and cell. */
  readonly steps?: boolean;
  /** With several cells, the metrics of each by itself. */
  readonly cells?: boolean;
  /** What figures need, summed over episodes. */
  readonly profile?: boolean;
}

/** Episodes of one run (scenario, policy, seed), as columns; those that were not asked for are empty. */
export interface EpisodeRecords {
  /** One row an episode: number, metrics, mean splits and every counter, summed over cells. */
  readonly episodes: ColumnData;
  /** One row an episode and cell: the metrics. */
  readonly cells: ColumnData;
  /** One row a completed request, in order of completion; device and sensor as numbers; −1: no sensor, update, AoSI. */
  readonly requests: ColumnData;
  /** One row a step and cell, as things stand at the end of the step. */
  readonly steps: ColumnData;
  readonly profile: ProfileData | undefined;
}

/**
 * Runs episodes `first` to `first + count − 1` of a run. What an episode draws depends on the run's seed and its own number
 * only, so a run can be cut into pieces anywhere.
 */
export function runEpisodes(
  scenario: Scenario,
  policy: Policy,
  run: { seed: number; first: number; count: number },
  traces: Traces = {},
  recording: Recording = {},
): EpisodeRecords {
  const perCell = recording.cells === true && scenario.cells.length > 1;
  const {
    episodes,
    cells = {},
    requests = {},
    steps = {},
  } = simulate(scenario, policy, {
    traces,
    seed: run.seed,
    firstEpisode: run.first,
    episodes: run.count,
    recordCells: perCell,
    recordRequests: recording.profile || recording.requests,
    recordSteps: recording.profile || recording.steps,
  });
  return {
    episodes,
    cells,
    requests: recording.requests ? requests : {},
    steps: recording.steps ? steps : {},
    profile: recording.profile ? profileOf(scenario, run.count, requests, steps) : undefined,
  };
}
