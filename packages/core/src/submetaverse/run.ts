import { checkInteger } from '../errors/index.js';
import type { Policy } from '../policy/index.js';
import type { Scenario } from './scenario/index.js';
import { COUNTER_NAMES, type CounterName, type EpisodeMetrics } from './metrics.js';
import { Observer } from './observer.js';
import { RequestRecorder, type IntegerTable, type REQUEST_COLUMNS } from './requests-table.js';
import { Simulator, type SimulatorOptions } from './simulator.js';
import { StepRecorder, type StepTable } from './steps-table.js';

/** What to run, beside scenario and policy. */
export interface RunOptions extends SimulatorOptions {
  seed?: number | undefined;
  /** How many episodes, >= 1; default 1. */
  episodes?: number | undefined;
  /** Number of the first one, so that parts of a run can be run anywhere; default 0. */
  firstEpisode?: number | undefined;
  /** Record the metrics of each cell by itself; default false. */
  recordCells?: boolean | undefined;
  /** Record every completed request; default false. */
  recordRequests?: boolean | undefined;
  /** Record every step of every cell; default false. */
  recordSteps?: boolean | undefined;
  /** Called after every episode with the number done; return false to stop. */
  onEpisode?: ((done: number) => boolean | void) | undefined;
}

/** One row per episode: `Float64Array [episodes]` by column. */
export type EpisodeTable = Readonly<
  Record<'episode' | keyof EpisodeMetrics | CounterName | 'rhoC' | 'rhoP', Float64Array>
>;

const CELL_COLUMNS = ['requestsCreated', 'requestsCompleted'] as const;

/**
 * One row per episode and cell. A request counts where it was completed, its creation where it was created, so that `served`
 * of a cell that many UEs leave may exceed 1.
 */
export type CellTable = Readonly<
  Record<'episode' | 'cell', Int32Array> &
    Record<keyof EpisodeMetrics | 'rhoC' | 'rhoP' | (typeof CELL_COLUMNS)[number], Float64Array>
>;

/** What a run yields. */
export interface RunResult {
  readonly episodes: EpisodeTable;
  readonly cells?: CellTable;
  readonly requests?: IntegerTable<(typeof REQUEST_COLUMNS)[number]>;
  readonly steps?: StepTable;
}

/**
 * Runs a policy on a scenario: the same scenario, policy, seed and episodes give the same bytes, whoever runs them.
 *
 * @throws InvalidInputError for a seed, a number of episodes or a first one that is not an integer in its range
 */
export function simulate(scenario: Scenario, policy: Policy, options: RunOptions = {}): RunResult {
  const { seed = 1, episodes = 1, firstEpisode = 0 } = options;
  checkInteger('seed', seed, 0);
  checkInteger('episodes', episodes, 1);
  checkInteger('firstEpisode', firstEpisode, 0);
  const simulator = new Simulator(scenario, options);
  const requests = options.recordRequests ? new RequestRecorder() : undefined;
  requests?.attach(simulator);
  const steps = options.recordSteps ? new StepRecorder(simulator) : undefined;
  const rows: Record<string, number[]> = {};
  const put = (name: string, value: number) => (rows[name] ??= []).push(value);
  const stepper = new PolicyStepper(simulator, policy);
  const cellRows: Record<string, number>[] = [];
  for (let done = 0; done < episodes; done++) {
    const episode = firstEpisode + done;
    stepper.reset(seed, episode);
    while (simulator.step < scenario.episodeSteps) {
      stepper.step();
      steps?.record();
    }
    const { metrics } = simulator;
    put('episode', episode);
    for (const [name, value] of Object.entries(metrics.summary())) put(name, value);
    for (const name of COUNTER_NAMES) put(name, metrics.total(name));
    const decisions = scenario.episodeSteps * simulator.cells;
    put('rhoC', metrics.total('rhoCSum') / decisions);
    put('rhoP', metrics.total('rhoPSum') / decisions);
    if (options.recordCells) cellRows.push(...rowsOfCells(simulator, episode));
    if (options.onEpisode?.(done + 1) === false) break;
  }
  return {
    episodes: Object.fromEntries(
      Object.entries(rows).map(([name, values]) => [name, Float64Array.from(values)]),
    ) as EpisodeTable,
    ...(options.recordCells && { cells: cellTable(cellRows) }),
    ...(requests && { requests: requests.table() }),
    ...(steps && { steps: steps.table() }),
  };
}

function rowsOfCells({ cells, metrics, scenario }: Simulator, episode: number): Record<string, number>[] {
  return Array.from({ length: cells }, (_, cell) => ({
    episode,
    cell,
    ...metrics.summary(cell),
    rhoC: metrics.total('rhoCSum', cell) / scenario.episodeSteps,
    rhoP: metrics.total('rhoPSum', cell) / scenario.episodeSteps,
    ...Object.fromEntries(CELL_COLUMNS.map((name) => [name, metrics.total(name, cell)])),
  }));
}

function cellTable(rows: readonly Record<string, number>[]): CellTable {
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(
    names.map((name) => {
      const values = rows.map((row) => row[name]);
      return [
        name,
        name === 'episode' || name === 'cell' ? Int32Array.from(values) : Float64Array.from(values),
      ];
    }),
  ) as unknown as CellTable;
}

/** Lets a policy act on every cell of a simulator. */
export class PolicyStepper {
  readonly #observer: Observer;
  readonly #observation: Float64Array;
  readonly #action: Float64Array;

  constructor(
    readonly simulator: Simulator,
    readonly policy: Policy,
  ) {
    this.#observer = new Observer(policy.features);
    this.#observation = new Float64Array(simulator.cells * policy.features.length);
    this.#action = new Float64Array(simulator.cells * 2);
  }

  /** Starts an episode. */
  reset(seed: number, episode: number): void {
    this.simulator.reset(seed, episode);
    this.policy.reset(seed, episode);
  }

  /** Observe, act, advance by one step. */
  step(): void {
    const { simulator, policy } = this;
    const { size } = this.#observer;
    this.#observer.observe(simulator, this.#observation);
    for (let cell = 0; cell < simulator.cells; cell++) {
      policy.act(this.#observation, cell * size, this.#action, cell * 2, cell);
    }
    simulator.advance(this.#action);
  }
}
