import { Counter } from './metrics.js';
import type { Simulator } from './simulator.js';

/** Columns of the steps table: one row per step and cell, at the end of the step. */
export const STEP_COLUMNS = [
  'episode',
  'step',
  'cell',
  'rhoC',
  'rhoP',
  'reward',
  'requestsCreated',
  'requestsCompleted',
  /** Mean AoSI of the requests completed in this step, steps; NaN if none. */
  'aosi',
  /** Mean AoRI of the requests completed in this step, steps; NaN if none. */
  'aori',
  'requestQueueJobs',
  'updateQueueJobs',
  'requestQueueUnits',
  'updateQueueUnits',
  'requestUplinkMbit',
  'updateUplinkMbit',
  'connectedUes',
  'connectedSensors',
] as const;

/** `Float64Array [steps × cells]` by column. */
export type StepTable = Readonly<Record<(typeof STEP_COLUMNS)[number], Float64Array>>;

/** Records every step of a simulator. Call `record` after each. */
export class StepRecorder {
  readonly #simulator: Simulator;
  readonly #columns = STEP_COLUMNS.map((): number[] => []);
  /** Counters at the end of the step before. */
  #before: Float64Array;

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
    this.#before = simulator.metrics.values.slice();
  }

  record(): void {
    const simulator = this.#simulator;
    const now = simulator.metrics.values;
    if (simulator.step === 1) this.#before.fill(0);
    for (let cell = 0; cell < simulator.cells; cell++) {
      const row = cell * Counter.Stride;
      const gain = (counter: number) => now[row + counter] - this.#before[row + counter];
      const values = [
        simulator.episode,
        simulator.step - 1,
        cell,
        simulator.splits[cell * 2],
        simulator.splits[cell * 2 + 1],
        simulator.rewards[cell],
        gain(Counter.requestsCreated),
        gain(Counter.requestsCompleted),
        gain(Counter.aosiSum) / gain(Counter.requestsSynchronised),
        gain(Counter.aoriSum) / gain(Counter.requestsCompleted),
        simulator.requests.queue.length[cell],
        simulator.updates.queue.length[cell],
        simulator.requests.backlogUnits[cell],
        simulator.updates.backlogUnits[cell],
        simulator.uplinkMbit('ue', cell),
        simulator.uplinkMbit('sensor', cell),
        simulator.connected('ue', cell),
        simulator.connected('sensor', cell),
      ];
      values.forEach((value, column) => this.#columns[column].push(value));
    }
    this.#before.set(now);
  }

  /** What was recorded so far, by column. */
  table(): StepTable {
    return Object.fromEntries(
      STEP_COLUMNS.map((name, column) => [name, Float64Array.from(this.#columns[column])]),
    ) as StepTable;
  }
}
