import type { ComputationQueue } from '../computation-queue.js';
import type { DeviceGroup } from '../devices.js';
import { Job, JobFloat, JobInt } from '../job-store.js';
import type { Simulator } from '../simulator.js';

/** Jobs, Mbit and units of a set of jobs. */
export interface Amount {
  jobs: number;
  mbit: number;
  units: number;
}

/** What is in the queues of one kind of job now, by walking through them; of requests also those in the cloud. */
export function inventory(
  simulator: Simulator,
  group: DeviceGroup,
  servers: ComputationQueue,
): Amount & { left: number } {
  const { ints, floats } = simulator.jobs;
  const amount = { jobs: 0, mbit: 0, units: 0, left: 0 };
  const walk = (head: number, length: number, left: number, remaining: (job: number) => number) => {
    let count = 0;
    for (let job = head; job !== Job.None; job = ints[job * JobInt.Stride + JobInt.Next]) {
      amount.left += count === 0 && left > 0 ? left : remaining(job);
      count++;
      amount.mbit += floats[job * JobFloat.Stride + JobFloat.Size];
      amount.units += floats[job * JobFloat.Stride + JobFloat.Load];
    }
    if (count !== length) throw new Error(`a queue holds ${count} jobs and says ${length}`);
    amount.jobs += count;
  };
  for (let device = 0; device < group.capacity; device++) {
    const { head, length, left } = group.queues;
    amount.left = 0;
    walk(head[device], length[device], left[device], (job) => floats[job * JobFloat.Stride + JobFloat.Size]);
    if (Math.abs(amount.left - group.backlogMbit[device]) > 1e-6) {
      throw new Error(
        `device ${device} has ${amount.left} Mbit to send and says ${group.backlogMbit[device]}`,
      );
    }
  }
  for (let cell = 0; cell < simulator.cells && group.kind === 'ue'; cell++) {
    for (const job of simulator.servers.cloudJobs(cell)) {
      amount.jobs++;
      amount.mbit += floats[job * JobFloat.Stride + JobFloat.Size];
      amount.units += floats[job * JobFloat.Stride + JobFloat.Load];
    }
  }
  for (let cell = 0; cell < simulator.cells; cell++) {
    const { head, length, left } = servers.queue;
    amount.left = 0;
    walk(head[cell], length[cell], left[cell], (job) => floats[job * JobFloat.Stride + JobFloat.Load]);
    if (Math.abs(amount.left - servers.backlogUnits[cell]) > 1e-6) {
      throw new Error(
        `cell ${cell} has ${amount.left} units to process and says ${servers.backlogUnits[cell]}`,
      );
    }
  }
  return amount;
}
