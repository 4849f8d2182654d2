import { COUNTER_NAMES, jobFields } from '@metalore/core/submetaverse';
import type { Simulator } from '@metalore/core/submetaverse';
import { Columns } from './columns.js';
import type { ColumnData } from './columns.js';
import { Profile } from './profile.js';
import type { ProfileData } from './profile.js';

const { CREATED, DEVICE, JOB_INTS, JOB_PROGRESS, SEND_STARTED, SENSOR, SENT, STARTED } = jobFields;

/** What a run records beside its episodes. */
export interface Recording {
  /** A row for every completed request. */
  readonly requests?: boolean;
  /** A row for every step and cell. */
  readonly steps?: boolean;
  /** What figures need, summed over episodes. */
  readonly profile?: boolean;
}

/** Episodes of one run (scenario, policy, seed), as columns. */
export interface EpisodeRecords {
  /** One row an episode: number, metrics, mean splits and every counter, summed over cells. */
  readonly episodes: ColumnData;
  /** With several cells, one row an episode and cell, the same columns. */
  readonly cells: ColumnData;
  /** One row a completed request, in order of completion; device and sensor as numbers; −1: no sensor, update, AoSI. */
  readonly requests: ColumnData;
  /** One row a step and cell, as things stand at the end of the step. */
  readonly steps: ColumnData;
  readonly profile: ProfileData | undefined;
}

const EPISODE_COLUMNS = {
  episode: 'int',
  cell: 'int',
  aosi: 'double',
  aori: 'double',
  served: 'double',
  reward: 'double',
  late: 'double',
  rhoC: 'double',
  rhoP: 'double',
  ...(Object.fromEntries(
    COUNTER_NAMES.filter((name) => name !== 'rhoCSum' && name !== 'rhoPSum').map((name) => [name, 'double']),
  ) as Record<string, 'double'>),
} as const;

const REQUEST_COLUMNS = {
  episode: 'int',
  cell: 'int',
  device: 'int',
  created: 'int',
  sendStarted: 'int',
  sent: 'int',
  started: 'int',
  completed: 'int',
  sensor: 'int',
  updateCreated: 'int',
  aori: 'int',
  aosi: 'int',
} as const;

const STEP_COLUMNS = {
  episode: 'int',
  step: 'int',
  cell: 'int',
  rhoC: 'double',
  rhoP: 'double',
  reward: 'double',
  requestQueueJobs: 'int',
  updateQueueJobs: 'int',
  requestQueueUnits: 'double',
  updateQueueUnits: 'double',
  requestUplinkMbit: 'double',
  updateUplinkMbit: 'double',
  completed: 'int',
  aosi: 'double',
  aori: 'double',
} as const;

/** Writes down what a simulator does. */
export class Recorder {
  readonly #simulator: Simulator;
  readonly #recordSteps: boolean;
  readonly #episodes = new Columns(EPISODE_COLUMNS, 128);
  readonly #cells = new Columns(EPISODE_COLUMNS, 128);
  readonly #requests = new Columns(REQUEST_COLUMNS);
  readonly #steps = new Columns(STEP_COLUMNS);
  /** Per cell, over the requests completed in this step: count, those with an AoSI, sums of both ages. */
  readonly #now: Float64Array;
  readonly #profile: Profile | undefined;

  constructor(simulator: Simulator, recording: Recording) {
    this.#simulator = simulator;
    this.#recordSteps = recording.steps ?? false;
    this.#now = new Float64Array(simulator.cells * 4);
    this.#profile = recording.profile ? new Profile(simulator, simulator.scenario.episodeSteps) : undefined;
    if (!recording.requests && !recording.steps && !recording.profile) return;
    simulator.onRequest = (job, cell, updateCreated, aosi) => {
      const aori = simulator.step - simulator.jobs.ints[job * JOB_INTS + CREATED]!;
      this.#profile?.request(simulator.step, aori, aosi);
      if (recording.requests) this.#pushRequest(job, cell, updateCreated, aori, aosi);
      this.#now[cell * 4]!++;
      this.#now[cell * 4 + 3]! += aori;
      if (aosi >= 0) {
        this.#now[cell * 4 + 1]!++;
        this.#now[cell * 4 + 2]! += aosi;
      }
    };
  }

  #pushRequest(job: number, cell: number, updateCreated: number, aori: number, aosi: number): void {
    const { ints, progress } = this.#simulator.jobs;
    const at = job * JOB_INTS;
    const reached = job * JOB_PROGRESS;
    this.#requests.push(
      this.#simulator.episode,
      cell,
      ints[at + DEVICE]!,
      ints[at + CREATED]!,
      progress[reached + SEND_STARTED]!,
      progress[reached + SENT]!,
      progress[reached + STARTED]!,
      this.#simulator.step,
      ints[at + SENSOR]!,
      updateCreated,
      aori,
      aosi,
    );
  }

  afterStep(step: number): void {
    this.#profile?.afterStep(step);
    if (!this.#recordSteps) return;
    const { cells, splits, rewards, requests, updates, ues, sensors } = this.#simulator;
    for (let cell = 0; cell < cells; cell++) {
      const at = cell * 4;
      const now = this.#now;
      this.#steps.push(
        this.#simulator.episode,
        step,
        cell,
        splits[cell * 2]!,
        splits[cell * 2 + 1]!,
        rewards[cell]!,
        requests.queue.length[cell]!,
        updates.queue.length[cell]!,
        requests.backlogUnits[cell]!,
        updates.backlogUnits[cell]!,
        this.#simulator.uplinkMbit(ues, cell),
        this.#simulator.uplinkMbit(sensors, cell),
        now[at]!,
        now[at + 2]! / now[at + 1]!,
        now[at + 3]! / now[at]!,
      );
    }
    this.#now.fill(0);
  }

  afterEpisode(episode: number): void {
    this.#profile?.endEpisode();
    this.#pushEpisode(this.#episodes, episode, undefined);
    const { cells } = this.#simulator;
    if (cells > 1) for (let cell = 0; cell < cells; cell++) this.#pushEpisode(this.#cells, episode, cell);
  }

  #pushEpisode(table: Columns<string>, episode: number, cell: number | undefined): void {
    const { metrics, scenario, cells } = this.#simulator;
    const { aosi, aori, served, reward, late } = metrics.summary(cell);
    const decisions = scenario.episodeSteps * (cell === undefined ? cells : 1);
    table.push(
      episode,
      cell ?? -1,
      aosi,
      aori,
      served,
      reward,
      late,
      metrics.total('rhoCSum', cell) / decisions,
      metrics.total('rhoPSum', cell) / decisions,
      ...COUNTER_NAMES.filter((name) => name !== 'rhoCSum' && name !== 'rhoPSum').map((name) =>
        metrics.total(name, cell),
      ),
    );
  }

  take(): EpisodeRecords {
    return {
      episodes: this.#episodes.take(),
      cells: this.#cells.take(),
      requests: this.#requests.take(),
      steps: this.#steps.take(),
      profile: this.#profile?.take(),
    };
  }
}
