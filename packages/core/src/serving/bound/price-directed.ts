import type { OfflineProblem } from './offline-problem.js';
import { Schedule } from './schedule.js';

/**
 * A feasible plan from prices: goes through the requests in order and keeps what the prices say is worth most. The
 * benefit of a resident model is what its absence would cost under the prices until the end; a miss is followed by a load
 * if its benefit, less the load, exceeds the benefits of the victims, taken in ascending benefit per GB.
 *
 * @param prices per GB and request, in bins of `binRequests`
 * @param scale factor on all prices
 */
export function priceDirected(
  problem: OfflineProblem,
  prices: Float64Array,
  binRequests: number,
  scale: number,
): Schedule {
  const { requests, start, at, counts, server, instance } = problem;
  const cumulative = new Float64Array(requests + 1);
  for (let index = 0; index < requests; index++) {
    cumulative[index + 1] = cumulative[index] + scale * prices[Math.floor(index / binRequests)];
  }
  const stay = new Float64Array(requests);
  const leave = new Float64Array(requests);
  for (const service of problem.candidates) valuesToGo(problem, service, cumulative, stay, leave);

  const position = new Int32Array(instance.services.length);
  const benefit = (service: number, now: number): number => {
    const j = position[service];
    return Math.max(0, leave[j] - stay[j] + server.gb[service] * (cumulative[now] - cumulative[at[j]]));
  };
  const residents = new Set<number>();
  const schedule = new Schedule(problem);
  const { keep } = schedule;
  const seen = start.slice();
  let used = 0;
  const drop = (service: number): void => {
    residents.delete(service);
    used -= server.gb[service];
    // The memory was not needed after the last request that was served from it.
    keep[position[service]] = 0;
  };
  for (let index = 0; index < requests; index++) {
    const service = instance.service[index];
    const j = seen[service]++;
    if (!server.fits(service)) continue;
    position[service] = j;
    const isLast = j + 1 === start[service + 1];
    const isResident = residents.has(service);
    const own = isLast ? 0 : benefit(service, index);
    if (isResident) {
      if (own > 0) keep[j] = 1;
      else drop(service);
      continue;
    }
    const gain = own - (counts[j] === 1 ? server.loadCost(service) : 0);
    if (!(gain > 0)) continue;
    const victims = chooseVictims(residents, used + server.gb[service] - instance.params.gpuGB, gain);
    if (victims === null) continue;
    victims.forEach(drop);
    residents.add(service);
    used += server.gb[service];
    keep[j] = 1;

    function chooseVictims(from: Set<number>, missing: number, limit: number): number[] | null {
      if (missing <= 0) return [];
      const ranked = [...from].map((s) => ({ s, worth: benefit(s, index) }));
      ranked.sort((a, b) => a.worth / server.gb[a.s] - b.worth / server.gb[b.s] || a.s - b.s);
      const chosen: number[] = [];
      for (const { s, worth } of ranked) {
        if (missing <= 0) break;
        limit -= worth;
        missing -= server.gb[s];
        chosen.push(s);
      }
      return limit > 0 && missing <= 0 ? chosen : null;
    }
  }
  for (const service of problem.candidates) {
    for (let j = start[service]; j < start[service + 1]; j++) {
      if (keep[j] === 1) schedule.hold(service, j, 1);
    }
    schedule.record(service);
  }
  return schedule;
}

/** Cost to go under prices after each request of a service: if it stays to the next at least, and if it leaves. */
function valuesToGo(
  problem: OfflineProblem,
  service: number,
  cumulative: Float64Array,
  stay: Float64Array,
  leave: Float64Array,
): void {
  const { start, at, counts, hit, server, instance } = problem;
  const gb = server.gb[service];
  const loadCost = server.loadCost(service);
  const last = start[service + 1] - 1;
  if (last < start[service]) return;
  stay[last] = leave[last] = 0;
  for (let j = last - 1; j >= start[service]; j--) {
    const best = Math.min(stay[j + 1], leave[j + 1]);
    const isCounted = counts[j + 1] === 1;
    stay[j] = gb * (cumulative[at[j + 1]] - cumulative[at[j]]) + hit[j + 1] + best;
    leave[j] =
      (isCounted ? instance.params.cCloud : 0) +
      Math.min(leave[j + 1], (isCounted ? loadCost : 0) + stay[j + 1]);
  }
}
