/** Measured link rates of one kind of device, one entry per device and step that was measured, in any order. */
export interface LinkTraceData {
  /** Step, from 0. */
  readonly step: ArrayLike<number>;
  /** Number of the device within its kind, from 0. */
  readonly device: ArrayLike<number>;
  /** Rate over the cell's whole bandwidth, Mbit/s, >= 0; a device with 0 has no service. */
  readonly rateMbps: ArrayLike<number>;
}

/** Plays measured rates; a missing one is the last known, and a device without any keeps its path loss. */
export class LinkTrace {
  readonly #data: LinkTraceData;
  readonly #rows: number[];
  readonly #rate: Float64Array;
  #next = 0;

  constructor(data: LinkTraceData, devices: number) {
    this.#data = data;
    this.#rows = Array.from({ length: data.step.length }, (_, row) => row).sort(
      (a, b) => data.step[a] - data.step[b] || a - b,
    );
    this.#rate = new Float64Array(devices);
    this.reset();
  }

  reset(): void {
    this.#rate.fill(-1);
    for (let at = this.#rows.length - 1; at >= 0; at--) {
      const row = this.#rows[at];
      this.#rate[this.#data.device[row]] = this.#data.rateMbps[row];
    }
    this.#next = 0;
  }

  /** Takes in everything measured up to and in `step`. */
  advance(step: number): void {
    const { device, rateMbps, step: steps } = this.#data;
    for (; this.#next < this.#rows.length; this.#next++) {
      const row = this.#rows[this.#next];
      if (steps[row] > step) return;
      this.#rate[device[row]] = rateMbps[row];
    }
  }

  /** Mbit/s; −1 for a device that was never measured. */
  rateMbps(device: number): number {
    return this.#rate[device];
  }

  snapshot(): number[] {
    return [this.#next, ...this.#rate];
  }

  restore([next, ...rate]: readonly number[]): void {
    this.#next = next!;
    this.#rate.set(rate);
  }
}
