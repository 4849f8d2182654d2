import { hashName, seedStream, STREAM_WORDS } from '../random/index.js';
import type { Field } from '../mobility/index.js';
import { JobQueues } from './job-store.js';

/** `ue` or `sensor`: the names of recorded devices (`ue-0`) and of random streams begin with it. */
export type DeviceKind = 'ue' | 'sensor';

/** All devices of a kind as a struct of arrays over device numbers; the first `active` of them are there. */
export class DeviceGroup {
  /** Devices that are there now; the others have left, or have not come yet. */
  active = 0;
  /** Positions, m. */
  readonly field: Field & { readonly away: Uint8Array };
  /** `Int32Array [devices]`: serving cell, −1 without service. */
  readonly cell: Int32Array;
  /** `Int32Array [devices]`: the cell chosen by association, also while its SNR is too low to serve. */
  readonly chosenCell: Int32Array;
  /** `Int32Array [devices]`: without service until this step, while a handover is under way. */
  readonly heldUntil: Int32Array;
  /** `Float64Array [devices]`, bit/s/Hz; 0 without service. */
  readonly efficiency: Float64Array;
  /** `Float64Array [devices]`, Mbit that the device may send in this step. */
  readonly rate: Float64Array;
  /** `Float64Array [devices]`, Mbit created and not yet sent. */
  readonly backlogMbit: Float64Array;
  /** `Float64Array [devices]`, Mbit a step: exponential average of what was sent, for proportional fairness. */
  readonly averageRate: Float64Array;
  /** Transmission queues, one per device. */
  readonly queues: JobQueues;
  /** `Int32Array [devices × 4]`: what arrivals, sizes and loads are drawn from. */
  readonly streams: Int32Array;

  constructor(
    readonly kind: DeviceKind,
    /** Largest number of devices over all phases of the scenario. */
    readonly capacity: number,
    area: { widthM: number; heightM: number },
  ) {
    this.field = {
      ...area,
      x: new Float64Array(capacity),
      y: new Float64Array(capacity),
      away: new Uint8Array(capacity),
    };
    this.cell = new Int32Array(capacity);
    this.chosenCell = new Int32Array(capacity);
    this.heldUntil = new Int32Array(capacity);
    this.efficiency = new Float64Array(capacity);
    this.rate = new Float64Array(capacity);
    this.backlogMbit = new Float64Array(capacity);
    this.averageRate = new Float64Array(capacity);
    this.queues = new JobQueues(capacity);
    this.streams = new Int32Array(capacity * STREAM_WORDS);
  }

  /** What a cell's devices have in all: each an array over cells. */
  readonly #totals = { backlogMbit: new Float64Array(0), connected: new Int32Array(0) };
  #totalsCurrent = false;

  /** Says that what {@link DeviceGroup.totals} adds up may have changed. */
  changed(): void {
    this.#totalsCurrent = false;
  }

  /** Sums over the active devices of each cell, made at most once between changes: for all cells in O(devices). */
  totals(cells: number): { readonly backlogMbit: Float64Array; readonly connected: Int32Array } {
    const totals = this.#totals;
    if (this.#totalsCurrent && totals.connected.length === cells) return totals;
    if (totals.connected.length !== cells) {
      totals.backlogMbit = new Float64Array(cells);
      totals.connected = new Int32Array(cells);
    }
    totals.backlogMbit.fill(0);
    totals.connected.fill(0);
    for (let device = 0; device < this.active; device++) {
      if (this.chosenCell[device] >= 0)
        totals.backlogMbit[this.chosenCell[device]] += this.backlogMbit[device];
      if (this.cell[device] >= 0) totals.connected[this.cell[device]]++;
    }
    this.#totalsCurrent = true;
    return totals;
  }

  reset(seed: number, episode: number): void {
    this.changed();
    const name = hashName(`${this.kind}/traffic`);
    for (let device = 0; device < this.capacity; device++) {
      seedStream(this.streams, device, seed, name, episode, device);
    }
    this.queues.clear();
    this.cell.fill(-1);
    this.chosenCell.fill(-1);
    this.heldUntil.fill(0);
    this.rate.fill(0);
    this.field.away.fill(0);
    this.backlogMbit.fill(0);
    this.averageRate.fill(0);
  }

  /** Arrays that make up the state, in a fixed order. */
  #state(): (Float64Array | Int32Array | Uint8Array)[] {
    return [
      this.field.x,
      this.field.y,
      this.cell,
      this.chosenCell,
      this.efficiency,
      this.backlogMbit,
      this.averageRate,
      this.streams,
      this.heldUntil,
      this.field.away,
    ];
  }

  snapshot(): { active: number; queues: number[][]; arrays: number[][] } {
    return {
      active: this.active,
      queues: this.queues.snapshot(),
      arrays: this.#state().map((array) => Array.from(array)),
    };
  }

  restore(state: ReturnType<DeviceGroup['snapshot']>): void {
    this.changed();
    this.active = state.active;
    this.queues.restore(state.queues);
    this.#state().forEach((array, at) => array.set(state.arrays[at]));
  }
}
