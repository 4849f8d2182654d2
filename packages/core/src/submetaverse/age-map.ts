import { JobInt } from './job-store.js';
import type { Simulator } from './simulator.js';

/** Ages by place: sums over completed requests, each at the place of its UE on completion. Row 0 in the south. */
export interface AgeMapData {
  readonly columns: number;
  readonly rows: number;
  /** `[rows × columns]`: requests that had an AoSI, and their sum of it, steps. */
  readonly synchronised: number[];
  readonly aosi: number[];
  /** `[rows × columns]`: requests, and the sum of their AoRI, steps. */
  readonly completed: number[];
  readonly aori: number[];
}

/** Adds up {@link AgeMapData} while a simulator runs. */
export class AgeMap {
  readonly #synchronised: Float64Array;
  readonly #aosi: Float64Array;
  readonly #completed: Float64Array;
  readonly #aori: Float64Array;

  readonly columns: number;
  readonly rows: number;

  /** @param side places along the longer side of the area */
  constructor({ widthM, heightM }: { readonly widthM: number; readonly heightM: number }, side: number) {
    const longer = Math.max(widthM, heightM);
    const columns = Math.max(1, Math.round((side * widthM) / longer));
    const rows = Math.max(1, Math.round((side * heightM) / longer));
    this.columns = columns;
    this.rows = rows;
    this.#synchronised = new Float64Array(columns * rows);
    this.#aosi = new Float64Array(columns * rows);
    this.#completed = new Float64Array(columns * rows);
    this.#aori = new Float64Array(columns * rows);
  }

  /** Starts listening to a simulator, in the place of another listener. */
  attach(simulator: Simulator): void {
    simulator.onRequest = (job, _cell, updateCreated, aosi) => this.add(simulator, job, updateCreated, aosi);
  }

  /** Takes in a request that a simulator completes. @see RequestListener */
  add({ jobs, step, ues }: Simulator, job: number, updateCreated: number, aosi: number): void {
    const { field } = ues;
    const from = job * JobInt.Stride;
    const ue = jobs.ints[from + JobInt.Device];
    const column = Math.min(this.columns - 1, Math.floor((field.x[ue] / field.widthM) * this.columns));
    const row = Math.min(this.rows - 1, Math.floor((field.y[ue] / field.heightM) * this.rows));
    const place = row * this.columns + column;
    this.#completed[place]++;
    this.#aori[place] += step - jobs.ints[from + JobInt.Created];
    if (updateCreated < 0) return;
    this.#synchronised[place]++;
    this.#aosi[place] += aosi;
  }

  /** `Float32Array [rows × columns]`: mean AoSI by place, steps; NaN where no request had one. */
  meanAosi(): Float32Array {
    return Float32Array.from(this.#aosi, (sum, place) => sum / this.#synchronised[place]);
  }

  /** What was added up so far, as plain data. */
  data(): AgeMapData {
    return {
      columns: this.columns,
      rows: this.rows,
      synchronised: [...this.#synchronised],
      aosi: [...this.#aosi],
      completed: [...this.#completed],
      aori: [...this.#aori],
    };
  }

  /** Goes back to what {@link AgeMap.data} of a map of the same size said. */
  restore({ synchronised, aosi, completed, aori }: AgeMapData): void {
    this.#synchronised.set(synchronised);
    this.#aosi.set(aosi);
    this.#completed.set(completed);
    this.#aori.set(aori);
  }
}
