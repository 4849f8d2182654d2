import { Registry, requireFunction, requireFunctions, type Check } from '../registry/index.js';
import type { DeviceGroup } from './devices.js';
import { JobInt, type JobStore } from './job-store.js';

/**
 * Shares each cell's bandwidth for one kind of device among the devices connected to it.
 *
 * Writes `group.rate[d]` (Mbit that device d may send in this step) for all active devices, 0 for those without service
 * (`group.cell[d] < 0`). Σ over a cell of rate / efficiency must not exceed its bandwidth.
 */
export interface BandwidthScheduler {
  /**
   * @param bandwidth `Float64Array [cells]`, MHz of each cell for this kind of device
   * @param jobs where the heads of the queues are looked up
   */
  share(group: DeviceGroup, bandwidth: Float64Array, jobs: JobStore): void;
}

/** Divides the bandwidth equally among connected devices, whether or not they have something to send (paper 000). */
class EqualBandwidth implements BandwidthScheduler {
  readonly #connected: Int32Array;
  readonly #each: Float64Array;

  constructor(readonly cells: number) {
    this.#connected = new Int32Array(cells);
    this.#each = new Float64Array(cells);
  }

  share({ active, cell, efficiency, rate }: DeviceGroup, bandwidth: Float64Array): void {
    const connected = this.#connected;
    const each = this.#each;
    for (let c = 0; c < this.cells; c++) connected[c] = 0;
    for (let device = 0; device < active; device++) if (cell[device] >= 0) connected[cell[device]]++;
    for (let c = 0; c < this.cells; c++) each[c] = connected[c] > 0 ? bandwidth[c] / connected[c] : 0;
    for (let device = 0; device < active; device++) {
      rate[device] = cell[device] >= 0 ? each[cell[device]] * efficiency[device] : 0;
    }
  }
}

/** Bandwidth in inverse proportion to spectral efficiency: all connected devices of a cell get the same rate. */
function equalRate(cells: number): BandwidthScheduler {
  const inverse = new Float64Array(cells);
  return {
    share({ active, cell, efficiency, rate }, bandwidth) {
      inverse.fill(0);
      for (let device = 0; device < active; device++) {
        if (cell[device] >= 0) inverse[cell[device]] += 1 / efficiency[device];
      }
      for (let device = 0; device < active; device++) {
        rate[device] = cell[device] >= 0 ? bandwidth[cell[device]] / inverse[cell[device]] : 0;
      }
    },
  };
}

/** Weight of the newest step in the average rate of proportional fairness. */
const FAIRNESS_WEIGHT = 0.1;

/**
 * Proportional fair: bandwidth in proportion to what a device could send over what it has sent on (exponential) average,
 * among the devices that have something to send.
 */
function proportionalFair(cells: number): BandwidthScheduler {
  const total = new Float64Array(cells);
  const weight = ({ backlogMbit, efficiency, averageRate }: DeviceGroup, device: number) =>
    backlogMbit[device] > 0 ? efficiency[device] / (averageRate[device] + 1e-3) : 0;
  return {
    share(group, bandwidth) {
      const { active, cell, efficiency, rate } = group;
      total.fill(0);
      for (let device = 0; device < active; device++) {
        if (cell[device] >= 0) total[cell[device]] += weight(group, device);
      }
      for (let device = 0; device < active; device++) {
        const c = cell[device];
        rate[device] =
          c >= 0 && total[c] > 0 ? (bandwidth[c] * efficiency[device] * weight(group, device)) / total[c] : 0;
      }
      for (let device = 0; device < active; device++) {
        const sent = Math.min(rate[device], group.backlogMbit[device]);
        group.averageRate[device] += FAIRNESS_WEIGHT * (sent - group.averageRate[device]);
      }
    },
  };
}

/** Serves whole devices in the order of the creation of their oldest job, each with all it needs, until nothing is left. */
function oldestFirst(cells: number): BandwidthScheduler {
  const left = new Float64Array(cells);
  let keys = new Float64Array(0);
  return {
    share({ active, backlogMbit, capacity, cell, efficiency, queues, rate }, bandwidth, jobs) {
      if (keys.length < capacity) keys = new Float64Array(capacity);
      let waiting = 0;
      for (let device = 0; device < active; device++) {
        rate[device] = 0;
        if (cell[device] >= 0 && queues.length[device] > 0) {
          const created = jobs.ints[queues.head[device] * JobInt.Stride + JobInt.Created];
          keys[waiting++] = created * capacity + device;
        }
      }
      keys.subarray(0, waiting).sort();
      left.set(bandwidth);
      for (let at = 0; at < waiting; at++) {
        const device = keys[at] % capacity;
        const c = cell[device];
        const needed = backlogMbit[device] / efficiency[device];
        // A little more than the rounded need, so that the last job does not keep a rounding error back.
        const given = Math.min(left[c], needed * (1 + 1e-12));
        left[c] -= given;
        rate[device] = given * efficiency[device];
      }
    },
  };
}

/** Rounding that a sum of shares may have. */
const ROUNDING = 1e-9;

/** A user's scheduler gives no device a rate that is none, nothing without service, and no cell's bandwidth twice. */
const checkScheduler: Check<(cells: number) => BandwidthScheduler> = (make, refuse) => {
  requireFunction(make, 'a function of the number of cells that makes a bandwidth scheduler', refuse);
  return (cells) => {
    const scheduler = make(cells);
    requireFunctions(scheduler, ['share'], 'a bandwidth scheduler { share(group, bandwidth, jobs) }', refuse);
    const used = new Float64Array(cells);
    const given = new Float64Array(cells);
    return {
      share(group, bandwidth, jobs) {
        given.set(bandwidth);
        scheduler.share(group, bandwidth, jobs);
        const { active, cell, efficiency, kind, rate } = group;
        used.fill(0);
        for (let device = 0; device < active; device++) {
          const where = `rate of ${kind} ${device}`;
          const mbit = rate[device];
          if (!(mbit >= 0 && mbit < Infinity))
            refuse(where, mbit, 'Mbit in this step, finite and at least 0');
          if (mbit === 0) continue;
          if (cell[device] < 0) refuse(where, mbit, '0, as the device has no service');
          used[cell[device]] += mbit / efficiency[device];
        }
        for (let c = 0; c < cells; c++) {
          if (used[c] <= given[c] * (1 + ROUNDING)) continue;
          refuse(`cell ${c}, ${kind}s`, `${used[c]} MHz`, `at most its bandwidth of ${given[c]} MHz`);
        }
      },
    };
  };
};

/** Bandwidth schedulers by the name that scenario files use; a factory takes the number of cells. */
export const bandwidthSchedulers = new Registry<(cells: number) => BandwidthScheduler>(
  'bandwidth scheduler',
  {
    'equal-bandwidth': (cells) => new EqualBandwidth(cells),
    'equal-rate': equalRate,
    'proportional-fair': proportionalFair,
    'oldest-first': oldestFirst,
  },
  checkScheduler,
);
