import type { Schedule } from './schedule.js';

const HIT = 1;
const EVICTED = 2;

/**
 * Plans one service anew in the memory that the others leave, by a dynamic programme over its requests that carries the
 * context of the better way to be resident. Keeps the new plan if it costs less, exactly counted.
 *
 * @returns the cost of the service under the plan that stands
 */
export function replan(schedule: Schedule, service: number): number {
  const { start, at, counts, server, instance } = schedule.problem;
  const first = start[service];
  const end = start[service + 1];
  const before = schedule.recordedCost(service);
  if (end - first < 2) return before;
  const old = schedule.keep.slice(first, end);
  for (let j = first; j < end; j++) schedule.set(service, j, 0);

  const how = new Uint8Array(end - first);
  const { cCloud } = instance.params;
  const loadCost = server.loadCost(service);
  const window = instance.services[service].W;
  let out = 0;
  let resident = Infinity;
  let k = 0;
  for (let j = first; j < end; j++) {
    let byHit = Infinity;
    let examples = 0;
    if (resident < Infinity && schedule.hasRoom(service, j - 1)) {
      examples = k * server.decay.factor(instance.slot[at[j]] - instance.slot[at[j - 1]]);
      byHit = resident + (counts[j] === 1 ? server.hitCost(service, examples) : 0);
    }
    const miss = out + (counts[j] === 1 ? cCloud : 0);
    const byLoad = miss + (counts[j] === 1 ? loadCost : 0);
    let flags = 0;
    if (byHit <= byLoad) {
      flags = HIT;
      resident = byHit;
      k = Math.min(window, examples + 1);
    } else {
      resident = byLoad;
      k = 0;
    }
    if (resident < miss) {
      flags |= EVICTED;
      out = resident;
    } else out = miss;
    how[j - first] = flags;
  }
  let isResident = false;
  for (let j = end - 1; j > first; j--) {
    const flags = how[j - first];
    isResident = (isResident || (flags & EVICTED) !== 0) && (flags & HIT) !== 0;
    if (isResident) schedule.set(service, j - 1, 1);
  }
  const after = schedule.costOf(service);
  if (after <= before) return schedule.record(service);
  for (let j = first; j < end; j++) schedule.set(service, j, 0);
  for (let j = first; j < end; j++) if (old[j - first] === 1) schedule.set(service, j, 1);
  return before;
}
