import { nextUint32, PoissonTable } from '../random/index.js';
import type { Arrivals } from './arrivals.js';

/** Jobs that the devices of a kind create in one step, in the order of devices; grows as needed and is used again. */
export class JobBatch {
  /** Number of jobs in the batch. */
  count = 0;
  /** Number of the device, per job. */
  device = new Int32Array(32);
  /** Mbit, > 0, per job. */
  sizeMbit = new Float64Array(32);
  /** Units, > 0, per job. */
  loadUnits = new Float64Array(32);

  add(device: number, sizeMbit: number, loadUnits: number): void {
    const at = this.count++;
    if (at === this.device.length) this.#grow();
    this.device[at] = device;
    this.sizeMbit[at] = sizeMbit;
    this.loadUnits[at] = loadUnits;
  }

  /** Takes out the jobs of some devices. @param devices `Uint8Array [devices]`: 1 for those */
  remove(devices: Uint8Array): void {
    let kept = 0;
    for (let at = 0; at < this.count; at++) {
      if (devices[this.device[at]] === 1) continue;
      this.device[kept] = this.device[at];
      this.sizeMbit[kept] = this.sizeMbit[at];
      this.loadUnits[kept++] = this.loadUnits[at];
    }
    this.count = kept;
  }

  #grow(): void {
    const { device, sizeMbit, loadUnits } = this;
    this.device = new Int32Array(device.length * 2);
    this.device.set(device);
    this.sizeMbit = new Float64Array(device.length * 2);
    this.sizeMbit.set(sizeMbit);
    this.loadUnits = new Float64Array(device.length * 2);
    this.loadUnits.set(loadUnits);
  }
}

/** What the devices of a kind create. */
export interface TrafficSource {
  /** Called at the start of every episode. */
  reset(devices: number): void;
  /**
   * Adds the jobs of `step` to an empty batch, in ascending order of devices 0 … `active` − 1.
   *
   * @param streams `Int32Array [devices × 4]`: one random stream per device
   */
  generate(step: number, active: number, streams: Int32Array, batch: JobBatch): void;
  snapshot(): number[];
  restore(state: readonly number[]): void;
}

/** Arrivals with sizes and loads of Poisson distribution, a draw of 0 counting as 1 (paper 000, section II-A). */
export class RandomTraffic implements TrafficSource {
  readonly #sizes: PoissonTable;
  readonly #loads: PoissonTable;

  constructor(
    readonly arrivals: Arrivals,
    meanSizeMbit: number,
    meanLoadUnits: number,
  ) {
    this.#sizes = new PoissonTable(meanSizeMbit);
    this.#loads = new PoissonTable(meanLoadUnits);
  }

  reset(devices: number): void {
    this.arrivals.reset?.(devices);
  }

  generate(step: number, active: number, streams: Int32Array, batch: JobBatch): void {
    const { arrivals } = this;
    for (let device = 0; device < active; device++) {
      for (let left = arrivals.count(device, step, streams); left > 0; left--) {
        const size = this.#sizes.draw(nextUint32(streams, device));
        const load = this.#loads.draw(nextUint32(streams, device));
        batch.add(device, size === 0 ? 1 : size, load === 0 ? 1 : load);
      }
    }
  }

  snapshot(): number[] {
    return this.arrivals.snapshot?.() ?? [];
  }

  restore(state: readonly number[]): void {
    this.arrivals.restore?.(state);
  }
}

/** What the devices of one class create. */
export interface TrafficClass {
  readonly arrivals: Arrivals;
  /** Mbit, > 0. */
  readonly meanSizeMbit: number;
  /** Units, > 0. */
  readonly meanLoadUnits: number;
}

/** Devices of several classes, each with arrivals of its own; jobs around the means of their class, or equal to them. */
export class ClassTraffic implements TrafficSource {
  readonly #sizes: readonly PoissonTable[];
  readonly #loads: readonly PoissonTable[];

  /**
   * @param classOf `[devices]`: the class of every device
   * @param constant every job is as large as the mean of its class; else of Poisson distribution, a draw of 0 counting as 1
   */
  constructor(
    readonly classes: readonly TrafficClass[],
    readonly classOf: ArrayLike<number>,
    readonly constant: boolean,
  ) {
    this.#sizes = constant ? [] : classes.map(({ meanSizeMbit }) => new PoissonTable(meanSizeMbit));
    this.#loads = constant ? [] : classes.map(({ meanLoadUnits }) => new PoissonTable(meanLoadUnits));
  }

  reset(devices: number): void {
    for (const { arrivals } of this.classes) arrivals.reset?.(devices);
  }

  generate(step: number, active: number, streams: Int32Array, batch: JobBatch): void {
    for (let device = 0; device < active; device++) {
      const of = this.classOf[device];
      const { arrivals, meanSizeMbit, meanLoadUnits } = this.classes[of];
      for (let left = arrivals.count(device, step, streams); left > 0; left--) {
        if (this.constant) batch.add(device, meanSizeMbit, meanLoadUnits);
        else {
          const size = this.#sizes[of].draw(nextUint32(streams, device));
          const load = this.#loads[of].draw(nextUint32(streams, device));
          batch.add(device, size === 0 ? 1 : size, load === 0 ? 1 : load);
        }
      }
    }
  }

  snapshot(): number[] {
    return this.classes.flatMap(({ arrivals }) => {
      const state = arrivals.snapshot?.() ?? [];
      return [state.length, ...state];
    });
  }

  restore(state: readonly number[]): void {
    let at = 0;
    for (const { arrivals } of this.classes) {
      const length = state[at++];
      arrivals.restore?.(state.slice(at, at + length));
      at += length;
    }
  }
}

/** Recorded jobs of one kind of device, one entry per job, in any order. */
export interface ArrivalTrace {
  /** Step of creation, from 0. */
  readonly step: ArrayLike<number>;
  /** Number of the device within its kind, from 0. */
  readonly device: ArrayLike<number>;
  /** Mbit, > 0. */
  readonly sizeMbit: ArrayLike<number>;
  /** Units, > 0. */
  readonly loadUnits: ArrayLike<number>;
}

/** Plays a recorded trace; several jobs of a device in one step keep the trace's order. */
export class TraceTraffic implements TrafficSource {
  readonly #trace: ArrivalTrace;
  /** Rows of the trace sorted by (device, step, row), and where each device's rows start. */
  readonly #rows: number[];
  readonly #start: Int32Array;
  #next: Int32Array;

  constructor(trace: ArrivalTrace, devices: number) {
    this.#trace = trace;
    this.#rows = Array.from({ length: trace.step.length }, (_, row) => row).sort(
      (a, b) => trace.device[a] - trace.device[b] || trace.step[a] - trace.step[b] || a - b,
    );
    this.#start = new Int32Array(devices + 1);
    for (const row of this.#rows) this.#start[trace.device[row] + 1]++;
    for (let device = 0; device < devices; device++) this.#start[device + 1] += this.#start[device];
    this.#next = this.#start.slice();
  }

  reset(): void {
    this.#next = this.#start.slice();
  }

  generate(step: number, active: number, _streams: Int32Array, batch: JobBatch): void {
    const { step: steps, sizeMbit, loadUnits } = this.#trace;
    for (let device = 0; device < active; device++) {
      let next = this.#next[device];
      const end = this.#start[device + 1];
      for (; next < end && steps[this.#rows[next]] <= step; next++) {
        const row = this.#rows[next];
        // A device that was away has not created what the trace has for it in the meantime.
        if (steps[row] === step) batch.add(device, sizeMbit[row], loadUnits[row]);
      }
      this.#next[device] = next;
    }
  }

  snapshot(): number[] {
    return [...this.#next];
  }

  restore(state: readonly number[]): void {
    this.#next = Int32Array.from(state);
  }
}
