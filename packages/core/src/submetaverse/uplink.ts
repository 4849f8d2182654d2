import type { JobBatch } from '../traffic/index.js';
import type { DeviceSide } from './device-side.js';
import type { DeviceGroup } from './devices.js';
import { Capacity, Job, JobFloat, JobProgress, type JobStore } from './job-store.js';
import type { MecServers } from './mec-servers.js';
import type { ModelServing } from './model-serving.js';
import { Counter, type Metrics } from './metrics.js';
import type { SensorSelection, SensorView } from './sensor-selection.js';

/** Queues the requests of a step at their UEs, each with the sensor it needs. */
export function createRequests(
  { count, device, sizeMbit, loadUnits }: JobBatch,
  { backlogMbit, chosenCell, queues }: DeviceGroup,
  jobs: JobStore,
  { values }: Metrics,
  step: number,
  select: SensorSelection,
  view: SensorView,
  serving: ModelServing | undefined,
): void {
  for (let at = 0; at < count; at++) {
    const ue = device[at];
    const size = sizeMbit[at];
    const cell = chosenCell[ue];
    const sensor = select(ue, cell, view);
    values[cell * Counter.Stride + Counter.requestsCreated]++;
    values[cell * Counter.Stride + Counter.requestMbitCreated] += size;
    values[cell * Counter.Stride + Counter.requestUnitsCreated] += loadUnits[at];
    backlogMbit[ue] += size;
    const job = jobs.create(step, ue, sensor, size, loadUnits[at]);
    queues.push(jobs.ints, ue, job);
    if (serving !== undefined) jobs.progress[job * JobProgress.Stride + JobProgress.Model] = serving.draw(ue);
  }
}

/** Queues the updates of a step at their sensors. @param freshest a new one replaces the last one that still waits */
export function createUpdates(
  { count, device, sizeMbit, loadUnits }: JobBatch,
  { backlogMbit, chosenCell, queues }: DeviceGroup,
  jobs: JobStore,
  { values }: Metrics,
  step: number,
  freshest: boolean,
): void {
  for (let at = 0; at < count; at++) {
    const sensor = device[at];
    const size = sizeMbit[at];
    const row = chosenCell[sensor] * Counter.Stride;
    values[row + Counter.updatesCreated]++;
    values[row + Counter.updateMbitCreated] += size;
    values[row + Counter.updateUnitsCreated] += loadUnits[at];
    backlogMbit[sensor] += size;
    if (freshest && queues.length[sensor] > (queues.left[sensor] > 0 ? 1 : 0)) {
      const last = queues.tail[sensor];
      backlogMbit[sensor] -= jobs.floats[last * JobFloat.Stride + JobFloat.Size];
      jobs.fill(last, step, sensor, sensor, size, loadUnits[at]);
      values[row + Counter.updatesSuperseded]++;
    } else {
      const job = jobs.create(step, sensor, sensor, size, loadUnits[at]);
      queues.push(jobs.ints, sensor, job);
    }
  }
}

/** Sends for one step: what is left of a device's rate after a job goes to its next one. */
export function transmit(
  side: DeviceSide,
  jobs: JobStore,
  servers: MecServers,
  { values }: Metrics,
  step: number,
): void {
  const { group, scheduler, bandwidth, packets, stepS } = side;
  scheduler.share(group, bandwidth, jobs);
  packets?.slow(group, stepS);
  const { ints, floats, progress } = jobs;
  const { active, backlogMbit, cell, queues, rate } = group;
  const { head, left } = queues;
  const isUe = group.kind === 'ue';
  for (let device = 0; device < active; device++) {
    let job = head[device];
    const mbit = rate[device];
    if (job === Job.None || mbit <= Capacity.Epsilon) continue;
    let capacity = mbit;
    do {
      let needed = left[device];
      if (needed === 0) {
        progress[job * JobProgress.Stride + JobProgress.SendStarted] = step;
        needed = floats[job * JobFloat.Stride + JobFloat.Size];
        if (packets !== undefined) {
          const repeated = packets.repeatedMbit(device, needed);
          needed += repeated;
          backlogMbit[device] += repeated;
          values[cell[device] * Counter.Stride + Counter.repeatedMbit] += repeated;
        }
      }
      if (needed - capacity > Capacity.Epsilon) {
        left[device] = needed - capacity;
        capacity = 0;
        break;
      }
      capacity = needed < capacity ? capacity - needed : 0;
      progress[job * JobProgress.Stride + JobProgress.Sent] = step;
      const next = queues.shift(ints, device);
      servers.onSent?.(group.kind, job, cell[device]);
      if (isUe) servers.arriveRequest(cell[device], job, step);
      else servers.arriveUpdate(cell[device], device, job);
      job = next;
    } while (job !== Job.None && capacity > Capacity.Epsilon);
    backlogMbit[device] = job === Job.None ? 0 : backlogMbit[device] - (mbit - capacity);
  }
}

/** A device leaves: what it has not sent is dropped; what it has sent stays at the MEC server. */
export function depart(group: DeviceGroup, device: number, jobs: JobStore, { values }: Metrics): void {
  const dropped = group.kind === 'ue' ? Counter.requestsDropped : Counter.updatesDropped;
  const row = Math.max(0, group.chosenCell[device]) * Counter.Stride;
  let job = group.queues.head[device];
  while (job !== Job.None) {
    const next = group.queues.shift(jobs.ints, device);
    jobs.release(job);
    values[row + dropped]++;
    job = next;
  }
  group.backlogMbit[device] = 0;
  group.cell[device] = -1;
  group.chosenCell[device] = -1;
}
