import { nextUint32, PoissonTable } from '../random/index.js';
import type { Arrivals } from './arrivals.js';

/**
 * What the devices of a kind create: how many jobs, and each job's size and load. `size` and `load` are asked once per
 * job, in this order, directly after the `count` of the same device.
 */
export interface TrafficSource {
  reset(devices: number): void;
  count(device: number, step: number, streams: Uint32Array): number;
  /** Mbit, > 0 */
  size(device: number, streams: Uint32Array): number;
  /** units, > 0 */
  load(device: number, streams: Uint32Array): number;
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

  count(device: number, step: number, streams: Uint32Array): number {
    return this.arrivals.count(device, step, streams);
  }

  size(device: number, streams: Uint32Array): number {
    return this.#sizes.draw(nextUint32(streams, device)) || 1;
  }

  load(device: number, streams: Uint32Array): number {
    return this.#loads.draw(nextUint32(streams, device)) || 1;
  }

  snapshot(): number[] {
    return this.arrivals.snapshot?.() ?? [];
  }

  restore(state: readonly number[]): void {
    this.arrivals.restore?.(state);
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
  readonly #job: Int32Array;

  constructor(trace: ArrivalTrace, devices: number) {
    this.#trace = trace;
    this.#rows = Array.from({ length: trace.step.length }, (_, row) => row).sort(
      (a, b) => trace.device[a]! - trace.device[b]! || trace.step[a]! - trace.step[b]! || a - b,
    );
    this.#start = new Int32Array(devices + 1);
    for (const row of this.#rows) this.#start[trace.device[row]! + 1]!++;
    for (let device = 0; device < devices; device++) this.#start[device + 1]! += this.#start[device]!;
    this.#next = this.#start.slice();
    this.#job = new Int32Array(devices);
  }

  reset(): void {
    this.#next = this.#start.slice();
  }

  count(device: number, step: number): number {
    let next = this.#next[device]!;
    const end = this.#start[device + 1]!;
    while (next < end && this.#trace.step[this.#rows[next]!]! < step) next++;
    this.#job[device] = next - 1;
    const first = next;
    while (next < end && this.#trace.step[this.#rows[next]!] === step) next++;
    this.#next[device] = next;
    return next - first;
  }

  size(device: number): number {
    return this.#trace.sizeMbit[this.#rows[++this.#job[device]!]!]!;
  }

  load(device: number): number {
    return this.#trace.loadUnits[this.#rows[this.#job[device]!]!]!;
  }

  snapshot(): number[] {
    return [...this.#next];
  }

  restore(state: readonly number[]): void {
    this.#next = Int32Array.from(state);
  }
}
