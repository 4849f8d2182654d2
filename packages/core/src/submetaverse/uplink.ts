import type { JobBatch } from '../traffic/index.js';
import type { DeviceSide } from './device-side.js';
import type { DeviceGroup } from './devices.js';
import {
  JOB_FLOATS,
  JOB_PROGRESS,
  LOAD,
  NONE,
  SEND_STARTED,
  SENT,
  SIZE,
  type JobStore,
} from './job-store.js';
import type { MecServers } from './mec-servers.js';
import { COUNTER_STRIDE, COUNTERS, type Metrics } from './metrics.js';
import type { SensorSelection, SensorView } from './sensor-selection.js';

/** Capacity below this (Mbit or units) is a rounding error: it neither begins a job nor keeps one from ending. */
export const EPSILON = 1e-9;

/** Queues the requests of a step at their UEs, each with the sensor it needs. */
export function createRequests(
  { count, device, sizeMbit, loadUnits }: JobBatch,
  { backlogMbit, chosenCell, field, queues }: DeviceGroup,
  jobs: JobStore,
  { values }: Metrics,
  step: number,
  select: SensorSelection,
  view: SensorView,
): void {
  for (let at = 0; at < count; at++) {
    const ue = device[at]!;
    const size = sizeMbit[at]!;
    const cell = chosenCell[ue]!;
    const sensor = select(field.x[ue]!, field.y[ue]!, cell, view);
    values[cell * COUNTER_STRIDE + COUNTERS.requestsCreated]!++;
    values[cell * COUNTER_STRIDE + COUNTERS.requestMbitCreated]! += size;
    backlogMbit[ue]! += size;
    const job = jobs.create(step, ue, sensor, size, loadUnits[at]!);
    queues.push(jobs.ints, ue, job);
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
    const sensor = device[at]!;
    const size = sizeMbit[at]!;
    const row = chosenCell[sensor]! * COUNTER_STRIDE;
    values[row + COUNTERS.updatesCreated]!++;
    values[row + COUNTERS.updateMbitCreated]! += size;
    backlogMbit[sensor]! += size;
    const waiting = queues.length[sensor]! - (queues.left[sensor]! > 0 ? 1 : 0);
    if (freshest && waiting > 0) {
      const last = queues.tail[sensor]!;
      backlogMbit[sensor]! -= jobs.floats[last * JOB_FLOATS + SIZE]!;
      jobs.fill(last, step, sensor, sensor, size, loadUnits[at]!);
      values[row + COUNTERS.updatesSuperseded]!++;
    } else {
      const job = jobs.create(step, sensor, sensor, size, loadUnits[at]!);
      queues.push(jobs.ints, sensor, job);
    }
  }
}

/** Sends for one step: what is left of a device's rate after a job goes to its next one. */
export function transmit(side: DeviceSide, jobs: JobStore, servers: MecServers, step: number): void {
  const { group, scheduler, bandwidth } = side;
  scheduler.share(group, bandwidth, jobs);
  const { ints, floats, progress } = jobs;
  const { active, backlogMbit, cell, queues, rate } = group;
  const { head, left } = queues;
  const isUe = group.kind === 'ue';
  for (let device = 0; device < active; device++) {
    let job = head[device]!;
    const mbit = rate[device]!;
    if (job === NONE || mbit <= EPSILON) continue;
    let capacity = mbit;
    do {
      let needed = left[device]!;
      if (needed === 0) {
        progress[job * JOB_PROGRESS + SEND_STARTED] = step;
        needed = floats[job * JOB_FLOATS + SIZE]!;
      }
      if (needed - capacity > EPSILON) {
        left[device] = needed - capacity;
        capacity = 0;
        break;
      }
      capacity = needed < capacity ? capacity - needed : 0;
      progress[job * JOB_PROGRESS + SENT] = step;
      const next = queues.shift(ints, device);
      if (isUe) servers.requests.arrive(cell[device]!, job, floats[job * JOB_FLOATS + LOAD]!);
      else servers.arriveUpdate(cell[device]!, device, job);
      job = next;
    } while (job !== NONE && capacity > EPSILON);
    backlogMbit[device] = job === NONE ? 0 : backlogMbit[device]! - (mbit - capacity);
  }
}

/** A device leaves: what it has not sent is dropped; what it has sent stays at the MEC server. */
export function depart(group: DeviceGroup, device: number, jobs: JobStore, { values }: Metrics): void {
  const dropped = group.kind === 'ue' ? COUNTERS.requestsDropped : COUNTERS.updatesDropped;
  const row = Math.max(0, group.chosenCell[device]!) * COUNTER_STRIDE;
  let job = group.queues.head[device]!;
  while (job !== NONE) {
    const next = group.queues.shift(jobs.ints, device);
    jobs.release(job);
    values[row + dropped]!++;
    job = next;
  }
  group.backlogMbit[device] = 0;
  group.cell[device] = -1;
  group.chosenCell[device] = -1;
}
