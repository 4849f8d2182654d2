import { AgeMap, COUNTERS, jobFields, type Simulator } from '@metalore/core/submetaverse';
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
  #before: Record<string, number> = {};
  readonly #ages: AgeMap;

  constructor(readonly simulator: Simulator) {
    this.#last = new Int32Array(simulator.ues.capacity * LAST).fill(-1);
    this.#ages = new AgeMap(simulator.ues.field, PLACES);
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
    }
    this.#ages.add(this.simulator, job, updateCreated, aosi);
  }

  /** Mean AoSI of the requests so far by the place of their UE at completion. */
  ages(): AgeFrame {
    const { columns, rows } = this.#ages;
    return { columns, rows, aosi: this.#ages.meanAosi() };
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

  /** What it knows after so many steps, but for the rows, which stand. */
  snapshot() {
    return {
      steps: this.#steps,
      last: this.#last.slice(),
      before: { ...this.#before },
      ages: this.#ages.data(),
    };
  }

  /** Goes back to a state of {@link Recorder.snapshot}, or on to one whose rows were recorded before. */
  restore({ steps, last, before, ages }: RecorderSnapshot): void {
    this.#steps = steps;
    this.#last.set(last);
    this.#before = { ...before };
    this.#ages.restore(ages);
    this.#aori = this.#completed = this.#aosi = this.#synchronised = 0;
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

/** Plain data of {@link Recorder.snapshot}. */
export type RecorderSnapshot = ReturnType<Recorder['snapshot']>;

function sum(values: ArrayLike<number>, count: number): number {
  let total = 0;
  for (let at = 0; at < count; at++) total += values[at];
  return total;
}
