import { JobInt, JobProgress } from './job-store.js';
import type { Simulator } from './simulator.js';

/** Columns of the requests table, in file order. Steps are counted from 0; −1 stands for no sensor and no update. */
export const REQUEST_COLUMNS = [
  'episode',
  'cell',
  'device',
  'created',
  'sendStarted',
  'sent',
  'started',
  'completed',
  'sensor',
  'updateCreated',
  'aori',
  'aosi',
] as const;

/** Column arrays of integers by name, all of one length. */
export type IntegerTable<Column extends string> = Readonly<Record<Column, Int32Array>>;

/** Records every completed request of a simulator, in the order of completion; grows by doubling. */
export class RequestRecorder {
  #values = new Int32Array(REQUEST_COLUMNS.length * 1024);
  #rows = 0;

  /** Starts listening to a simulator. */
  attach(simulator: Simulator): void {
    const { jobs } = simulator;
    simulator.onRequest = (job, cell, updateCreated, aosi) => {
      if ((this.#rows + 1) * REQUEST_COLUMNS.length > this.#values.length) this.#grow();
      const { ints, progress } = jobs;
      const from = job * JobInt.Stride;
      const at = job * JobProgress.Stride;
      const to = this.#rows++ * REQUEST_COLUMNS.length;
      const values = this.#values;
      values[to] = simulator.episode;
      values[to + 1] = cell;
      values[to + 2] = ints[from + JobInt.Device];
      values[to + 3] = ints[from + JobInt.Created];
      values[to + 4] = progress[at + JobProgress.SendStarted];
      values[to + 5] = progress[at + JobProgress.Sent];
      values[to + 6] = progress[at + JobProgress.Started];
      values[to + 7] = simulator.step;
      values[to + 8] = ints[from + JobInt.Sensor];
      values[to + 9] = updateCreated;
      values[to + 10] = simulator.step - ints[from + JobInt.Created];
      values[to + 11] = aosi;
    };
  }

  #grow(): void {
    const values = new Int32Array(this.#values.length * 2);
    values.set(this.#values);
    this.#values = values;
  }

  /** What was recorded so far, by column. */
  table(): IntegerTable<(typeof REQUEST_COLUMNS)[number]> {
    const width = REQUEST_COLUMNS.length;
    const table = {} as Record<string, Int32Array>;
    REQUEST_COLUMNS.forEach((column, at) => {
      table[column] = Int32Array.from({ length: this.#rows }, (_, row) => this.#values[row * width + at]);
    });
    return table as IntegerTable<(typeof REQUEST_COLUMNS)[number]>;
  }
}
