import type { DrawnOptions } from '@metalore/core/urllc';
import { plainError, WorkerError, type PlainError } from '../shared/problem.js';
import { WorkerClient } from '../shared/rpc.js';
import { startValues } from '../shared/settings.js';
import type { Allocated, AllocateHandlers } from './allocate-worker.js';
import { startAllocate } from './start.js';

/** What the sliders set; the rest of an instance has paper 003's values. */
export const BUDGETS = [
  { key: 'devices', label: 'Devices', unit: '', min: 1, max: 40, step: 1, scale: 1, start: 15 },
  { key: 'bandwidthHz', label: 'Bandwidth', unit: 'MHz', min: 1, max: 20, step: 0.5, scale: 1e6, start: 5 },
  { key: 'edgeRateHz', label: 'Edge server', unit: 'GHz', min: 2, max: 60, step: 1, scale: 1e9, start: 30 },
  { key: 'cacheBits', label: 'Cache', unit: 'kbit', min: 0, max: 200, step: 5, scale: 1e3, start: 60 },
  {
    key: 'energyJ',
    label: 'Energy of a device',
    unit: 'mJ',
    min: 0.2,
    max: 10,
    step: 0.1,
    scale: 1e-3,
    start: 3,
  },
  { key: 'deadlineS', label: 'Deadline', unit: 'ms', min: 0.5, max: 20, step: 0.5, scale: 1e-3, start: 10 },
  { key: 'taskBytes', label: 'Task', unit: 'byte', min: 100, max: 4000, step: 50, scale: 1, start: 1350 },
] as const;
export type Budget = (typeof BUDGETS)[number]['key'];

/** The Allocate view: budgets, and the allocation that they allow. */
export class Allocate {
  values = $state(startValues(BUDGETS));
  seed = $state(1);
  result = $state.raw<Allocated>();
  error = $state.raw<PlainError>();
  readonly #client = new WorkerClient<AllocateHandlers>(startAllocate, 20_000);
  #wanted = false;
  #running = false;

  /** Options of the instance as the command line takes them. */
  readonly options = $derived.by((): DrawnOptions => {
    const scaled = BUDGETS.map(({ key, scale }) => [key, Number((this.values[key] * scale).toPrecision(12))]);
    return { seed: this.seed, ...Object.fromEntries(scaled) };
  });

  set(key: Budget, value: number): void {
    this.values[key] = value;
    this.solve();
  }

  /** Asks for a new allocation; while one is computed, only the last wish counts, and is solved exactly at last. */
  solve(): void {
    this.#wanted = true;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    let isExact = true;
    while (this.#wanted || !isExact) {
      isExact = !this.#wanted;
      this.#wanted = false;
      try {
        this.result = await this.#client.call('allocate', { options: this.options, isExact });
        this.error = undefined;
      } catch (error) {
        this.error = error instanceof WorkerError ? error.plain : plainError(error);
      }
    }
    this.#running = false;
  }
}
