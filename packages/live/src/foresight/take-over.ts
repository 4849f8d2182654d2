import { RandomStream } from '@metalore/core/random';
import { jobFields, type DeviceKind, type Simulator } from '@metalore/core/submetaverse';
import { arrivalModels, JobBatch, RandomTraffic } from '@metalore/core/traffic';
import type { ServerState } from '../ingest/sub-metaverse.js';

/** The step of a simulator that is the present: jobs and updates were created before, and a step below 0 means none. */
export const PAST = 1_000_000;
/** Farthest that what a device has not sent yet goes back, steps. */
const MAX_LAG = 1000;

/** Puts into a simulator what waits at the server, and what its twins know. */
export function takeOver(simulator: Simulator, state: ServerState, sensors: readonly string[]): void {
  const numbers = new Map(sensors.map((id, number) => [id, number]));
  const { jobs, servers, twin, scenario } = simulator;
  for (const [id, created] of state.newest) {
    const number = numbers.get(id);
    if (number !== undefined) twin.commit(0, number, PAST + created, PAST);
  }
  for (const { created, sensor, loadUnits } of state.requests.jobs) {
    const { meanSizeMbit } = scenario.ues;
    const job = jobs.create(PAST + created, 0, numbers.get(sensor)!, meanSizeMbit, loadUnits);
    servers.requests.arrive(0, job, loadUnits);
  }
  for (const { created, sensor, loadUnits } of state.updates.jobs) {
    const { meanSizeMbit } = scenario.sensors;
    const job = jobs.create(PAST + created, numbers.get(sensor)!, 0, meanSizeMbit, loadUnits);
    servers.updates.arrive(0, job, loadUnits);
  }
  for (const kind of ['requests', 'updates'] as const) {
    const { leftUnits, jobs: waiting } = state[kind];
    if (leftUnits === 0) continue;
    servers[kind].queue.left[0] = leftUnits;
    servers[kind].backlogUnits[0] -= waiting[0].loadUnits - leftUnits;
  }
}

/** Lets devices hold what they have created since the last job that came from them. @param sent its step, by device */
export function anticipate(simulator: Simulator, kind: DeviceKind, sent: readonly number[]): void {
  const { jobs, scenario, servers } = simulator;
  const group = kind === 'ue' ? simulator.ues : simulator.sensors;
  const { arrivals, meanSizeMbit, meanLoadUnits } = scenario[`${kind}s`];
  const { model, ...options } = arrivals;
  const traffic = new RandomTraffic(arrivalModels.get(model)(options as never), meanSizeMbit, meanLoadUnits);
  traffic.reset(group.capacity);
  const batch = new JobBatch();
  const { queues, backlogMbit, streams } = group;
  for (let step = Math.max(-MAX_LAG, Math.min(...sent) + 1); step < 0; step++) {
    batch.count = 0;
    traffic.generate(PAST + step, sent.length, streams, batch);
    for (let at = 0; at < batch.count; at++) {
      const device = batch.device[at];
      if (step <= sent[device]) continue;
      const [size, load] = [batch.sizeMbit[at], batch.loadUnits[at]];
      if (kind === 'sensor' && servers.freshest && queues.length[device] > 0) {
        backlogMbit[device] +=
          size - jobs.floats[queues.tail[device] * jobFields.JOB_FLOATS + jobFields.SIZE];
        jobs.fill(queues.tail[device], PAST + step, device, device, size, load);
        continue;
      }
      const sensor = kind === 'sensor' ? device : nearestSensor(simulator, device);
      const job = jobs.create(PAST + step, device, sensor, size, load);
      queues.push(jobs.ints, device, job);
      backlogMbit[device] += size;
    }
  }
  // How much of the first one is sent already is not known either.
  const random = new RandomStream(simulator.episode, `what-if/${kind}`);
  for (let device = 0; device < sent.length; device++) {
    if (queues.length[device] === 0) continue;
    const size = jobs.floats[queues.head[device] * jobFields.JOB_FLOATS + jobFields.SIZE];
    queues.left[device] = size * (1 - random.uniform());
    backlogMbit[device] -= size - queues.left[device];
  }
  group.changed();
}

/** The sensor nearest to where a UE is now, within its range; −1 for none. */
function nearestSensor({ ues, sensors, scenario }: Simulator, ue: number): number {
  let nearest = scenario.sensors.rangeM;
  let found = -1;
  for (let sensor = 0; sensor < sensors.active; sensor++) {
    const distance = Math.hypot(
      ues.field.x[ue] - sensors.field.x[sensor],
      ues.field.y[ue] - sensors.field.y[sensor],
    );
    if (distance > nearest) continue;
    nearest = distance;
    found = sensor;
  }
  return found;
}
