import type { DeviceGroup } from './devices.js';
import { Job, JobInt, type JobStore } from './job-store.js';
import type { Twin } from './twin.js';

/** Ages at the devices of one kind, summed over those connected to each cell; made when it is first asked for in a step. */
export class UplinkSums {
  /** `Float64Array [cells]`, steps: sum of the ages of the oldest job of each device. */
  readonly headAges: Float64Array;
  /** `Float64Array [cells]`, steps: sum of the ages of what the twin knows of each sensor; 0 for UEs. */
  readonly twinAges: Float64Array;
  #current = false;

  constructor(
    readonly group: DeviceGroup,
    cells: number,
    readonly twin: Twin,
  ) {
    this.headAges = new Float64Array(cells);
    this.twinAges = new Float64Array(cells);
  }

  /** Says that what is added up may have changed. */
  changed(): void {
    this.#current = false;
  }

  /** Brings the sums up to the beginning of `step`, in O(devices). */
  update({ ints }: JobStore, step: number): this {
    if (this.#current) return this;
    const { headAges, twinAges, group, twin } = this;
    const { head } = group.queues;
    headAges.fill(0);
    twinAges.fill(0);
    for (let device = 0; device < group.active; device++) {
      const cell = group.cell[device];
      if (cell < 0) continue;
      if (group.kind === 'sensor') twinAges[cell] += step - Math.max(0, twin.newest(cell, device));
      if (head[device] === Job.None) continue;
      headAges[cell] += step - ints[head[device] * JobInt.Stride + JobInt.Created];
    }
    this.#current = true;
    return this;
  }
}
