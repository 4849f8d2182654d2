/** Measured link rates of one kind of device, one entry per device and step that was measured, in any order. */
export interface LinkTraceData {
  /** Step, from 0. */
  readonly step: ArrayLike<number>;
  /** Number of the device within its kind, from 0. */
  readonly device: ArrayLike<number>;
  /** Rate over the cell's whole bandwidth, Mbit/s, >= 0; a device with 0 has no service. */
  readonly rateMbps: ArrayLike<number>;
  /** The cell that served it; NaN or −1 where that is not known: the device is associated then. Missing: never known. */
  readonly cell?: ArrayLike<number> | undefined;
}

/** Plays measured rates; a missing one is the last known, and a device without any keeps its path loss. */
export class LinkTrace {
  readonly #data: LinkTraceData;
  readonly #rows: number[];
  readonly #rate: Float64Array;
  readonly #cell: Int32Array;
  #next = 0;

  constructor(data: LinkTraceData, devices: number) {
    this.#data = data;
    this.#rows = Array.from({ length: data.step.length }, (_, row) => row).sort(
      (a, b) => data.step[a] - data.step[b] || a - b,
    );
    this.#rate = new Float64Array(devices);
    this.#cell = new Int32Array(devices);
    this.reset();
  }

  reset(): void {
    this.#rate.fill(-1);
    this.#cell.fill(-1);
    for (let at = this.#rows.length - 1; at >= 0; at--) this.#take(this.#rows[at]);
    this.#next = 0;
  }

  /** Takes in everything measured up to and in `step`. */
  advance(step: number): void {
    const { step: steps } = this.#data;
    for (; this.#next < this.#rows.length; this.#next++) {
      const row = this.#rows[this.#next];
      if (steps[row] > step) return;
      this.#take(row);
    }
  }

  #take(row: number): void {
    const { device, rateMbps, cell } = this.#data;
    this.#rate[device[row]] = rateMbps[row];
    const known = cell?.[row] ?? -1;
    this.#cell[device[row]] = known >= 0 ? known : -1;
  }

  /** The cell that served a device; −1 where that is not known. */
  cell(device: number): number {
    return this.#cell[device];
  }

  /** Mbit/s; −1 for a device that was never measured. */
  rateMbps(device: number): number {
    return this.#rate[device];
  }

  snapshot(): number[] {
    return [this.#next, ...this.#rate, ...this.#cell];
  }

  restore([next, ...rest]: readonly number[]): void {
    this.#next = next!;
    this.#rate.set(rest.slice(0, this.#rate.length));
    this.#cell.set(rest.slice(this.#rate.length));
  }
}
