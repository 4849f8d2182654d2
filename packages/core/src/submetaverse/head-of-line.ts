import type { ComputationQueue } from './computation-queue.js';
import { Job, JobInt } from './job-store.js';
import type { Twin } from './twin.js';

/** How many requests at the head of a queue are looked at: about what one step serves. */
const HEAD = 10;

/**
 * By how many steps the sensor data is older (or, with `newer`, newer) than the requests at the head of a cell's queue that it
 * would serve now: the two halves of the AoSI that serving them would give (paper 000, eq. 2), as a mean; 0 for an empty queue.
 */
export function headMismatch(queue: ComputationQueue, twin: Twin, cell: number, newer: boolean): number {
  const { ints } = queue.jobs;
  let job = queue.queue.head[cell];
  let sum = 0;
  let count = 0;
  for (; job !== Job.None && count < HEAD; count++) {
    const sensor = ints[job * JobInt.Stride + JobInt.Sensor];
    const created = ints[job * JobInt.Stride + JobInt.Created];
    if (sensor >= 0) {
      const older = created - Math.max(0, twin.newest(cell, sensor));
      sum += Math.max(0, newer ? -older : older);
    }
    job = ints[job * JobInt.Stride + JobInt.Next];
  }
  return count === 0 ? 0 : sum / count;
}
