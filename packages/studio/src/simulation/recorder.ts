import { COUNTERS, jobFields, type Simulator } from '@metalore/core/submetaverse';
import { SERIES, type AgeFrame, type RequestFrame, type Series } from './protocol.js';

const { CREATED, DEVICE, JOB_INTS, JOB_PROGRESS, SENSOR, SEND_STARTED, SENT, STARTED } = jobFields;

/** Columns of a UE's last request. */
const LAST = 8;
const WIDTH = SERIES.length;
/** Places of the map of ages along the longer side of the area. */
const PLACES = 24;
type CounterName = keyof typeof COUNTERS;

/** Writes down what happens in a simulator, one row per step, and every UE's last completed request. */
export class Recorder {
  #rows = new Float64Array(WIDTH * 128);
  #steps = 0;
  readonly #last: Int32Array;
  #aori = 0;
  #completed = 0;
  #aosi = 0;
  #synchronised = 0;
  readonly #before: Record<string, number> = {};
  /** By place: requests with an AoSI, and their sum of it. */
  readonly #columns: number;
  readonly #rowsOfPlaces: number;
  readonly #placeCount: Float64Array;
  readonly #placeAosi: Float64Array;

  constructor(readonly simulator: Simulator) {
    this.#last = new Int32Array(simulator.ues.capacity * LAST).fill(-1);
    const { widthM, heightM } = simulator.ues.field;
    const longer = Math.max(widthM, heightM);
    this.#columns = Math.max(1, Math.round((PLACES * widthM) / longer));
    this.#rowsOfPlaces = Math.max(1, Math.round((PLACES * heightM) / longer));
    this.#placeCount = new Float64Array(this.#columns * this.#rowsOfPlaces);
    this.#placeAosi = new Float64Array(this.#columns * this.#rowsOfPlaces);
    simulator.onRequest = (job, _cell, updateCreated, aosi) => this.#onRequest(job, updateCreated, aosi);
  }

  #onRequest(job: number, updateCreated: number, aosi: number): void {
    const { jobs, step } = this.simulator;
    const { ints, progress } = jobs;
    const created = ints[job * JOB_INTS + CREATED];
    const at = ints[job * JOB_INTS + DEVICE] * LAST;
    const last = this.#last;
    last[at] = created;
    last[at + 1] = progress[job * JOB_PROGRESS + SEND_STARTED];
    last[at + 2] = progress[job * JOB_PROGRESS + SENT];
    last[at + 3] = progress[job * JOB_PROGRESS + STARTED];
    last[at + 4] = step;
    last[at + 5] = ints[job * JOB_INTS + SENSOR];
    last[at + 6] = updateCreated;
    last[at + 7] = aosi;
    this.#aori += step - created;
    this.#completed++;
    if (aosi >= 0) {
      this.#aosi += aosi;
      this.#synchronised++;
      const place = this.#placeOf(ints[job * JOB_INTS + DEVICE]);
      this.#placeCount[place]++;
      this.#placeAosi[place] += aosi;
    }
  }

  #placeOf(ue: number): number {
    const { x, y, widthM, heightM } = this.simulator.ues.field;
    const column = Math.min(this.#columns - 1, Math.floor((x[ue] / widthM) * this.#columns));
    const row = Math.min(this.#rowsOfPlaces - 1, Math.floor((y[ue] / heightM) * this.#rowsOfPlaces));
    return row * this.#columns + column;
  }

  /** Mean AoSI of the requests so far by the place of their UE at completion. */
  ages(): AgeFrame {
    const aosi = Float32Array.from(this.#placeAosi, (sum, place) => sum / this.#placeCount[place]);
    return { columns: this.#columns, rows: this.#rowsOfPlaces, aosi };
  }

  /** To be called after every step. */
  record(): void {
    if ((this.#steps + 1) * WIDTH > this.#rows.length) this.#grow();
    const { simulator } = this;
    const { ues, sensors, splits, cells } = simulator;
    const rows = this.#rows;
    let at = this.#steps * WIDTH;
    rows[at++] = sum(ues.queues.length, ues.active);
    rows[at++] = sum(sensors.queues.length, sensors.active);
    rows[at++] = sum(simulator.requests.queue.length, cells);
    rows[at++] = sum(simulator.updates.queue.length, cells);
    rows[at++] = this.#completed > 0 ? this.#aori / this.#completed : NaN;
    rows[at++] = this.#synchronised > 0 ? this.#aosi / this.#synchronised : NaN;
    rows[at++] = simulator.metrics.summary().served;
    rows[at++] = sum(simulator.rewards, cells);
    let rhoC = 0;
    let rhoP = 0;
    for (let cell = 0; cell < cells; cell++) {
      rhoC += splits[cell * 2];
      rhoP += splits[cell * 2 + 1];
    }
    rows[at++] = rhoC / cells;
    rows[at++] = rhoP / cells;
    rows[at++] = this.#inStep('requestMbitCreated');
    rows[at++] = this.#inStep('updateMbitCreated');
    rows[at++] = this.#inStep('requestUnitsCreated');
    rows[at++] = this.#inStep('updateUnitsCreated');
    rows[at++] = this.#inStep('edgeUnitsArrived');
    rows[at++] = sum(ues.rate, ues.active);
    rows[at++] = sum(sensors.rate, sensors.active);
    this.#steps++;
    this.#aori = this.#completed = this.#aosi = this.#synchronised = 0;
  }

  #inStep(name: CounterName): number {
    const now = this.simulator.metrics.total(name);
    const change = now - (this.#before[name] ?? 0);
    this.#before[name] = now;
    return change;
  }

  #grow(): void {
    const rows = new Float64Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
  }

  /** Rows from a step on, as columns. */
  series(from: number): Series {
    const length = this.#steps - from;
    const rows = this.#rows;
    return Object.fromEntries(
      SERIES.map((name, column) => {
        const values = new Float64Array(length);
        for (let row = 0; row < length; row++) values[row] = rows[(from + row) * WIDTH + column];
        return [name, values];
      }),
    ) as Series;
  }

  /** The last request that a UE had completed. */
  lastRequest(ue: number): RequestFrame | undefined {
    const at = ue * LAST;
    const [created, sendStarted, sent, started, completed, sensor, updateCreated, aosi] = this.#last.subarray(
      at,
      at + LAST,
    ) as unknown as [number, number, number, number, number, number, number, number];
    if (created < 0) return undefined;
    return { created, sendStarted, sent, started, completed, sensor, updateCreated, aosi };
  }
}

function sum(values: ArrayLike<number>, count: number): number {
  let total = 0;
  for (let at = 0; at < count; at++) total += values[at];
  return total;
}
