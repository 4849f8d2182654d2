import { CostLedger } from '../costs.js';
import { EdgeServer } from '../edge-server.js';
import type { ServingInstance } from '../instance.js';
import { countedSlots } from '../instance.js';

/** Cells per effective example in the table of {@link leastHitCosts}. */
const CELLS_PER_EXAMPLE = 8;

/**
 * An instance laid out for offline planning: requests grouped by service, with what each would cost. "Time" is the number
 * of the request, since only between two requests does anything change.
 */
export interface OfflineProblem {
  readonly instance: ServingInstance;
  readonly server: EdgeServer;
  readonly requests: number;
  /** Requests of service s are the positions `start[s]` … `start[s + 1] − 1` of the arrays below. */
  readonly start: Int32Array;
  /** Number of the request. `Int32Array [requests]` */
  readonly at: Int32Array;
  /** 1 if the request's cost counts, 0 in the warm-up. */
  readonly counts: Uint8Array;
  /** Least cost of the request at the edge, whatever its context can be. */
  readonly hit: Float64Array;
  /** Services that can be resident. */
  readonly candidates: readonly number[];
  /** Cost of the counted requests of services that never fit. */
  readonly fixedCost: number;
  readonly slots: number;
}

/** @see OfflineProblem */
export function offlineProblem(instance: ServingInstance): OfflineProblem {
  const server = new EdgeServer(instance.params, instance.services);
  const services = instance.services.length;
  const requests = instance.slot.length;
  const start = new Int32Array(services + 1);
  for (const service of instance.service) start[service + 1]++;
  for (let s = 0; s < services; s++) start[s + 1] += start[s];
  const fill = start.slice();
  const at = new Int32Array(requests);
  for (let index = 0; index < requests; index++) at[fill[instance.service[index]]++] = index;
  const counts = Uint8Array.from(at, (index) => (instance.slot[index] >= instance.params.warm ? 1 : 0));
  const hit = new Float64Array(requests);
  const candidates: number[] = [];
  const fixed = new CostLedger(instance);
  for (let s = 0; s < services; s++) {
    if (server.fits(s)) {
      candidates.push(s);
      leastHitCosts(instance, server, s, start, at, counts, hit);
    } else for (let j = start[s]; j < start[s + 1]; j++) fixed.chargeCloud(instance.slot[at[j]]);
  }
  const slots = countedSlots(instance);
  return { instance, server, requests, start, at, counts, hit, candidates, fixedCost: fixed.sum, slots };
}

/**
 * For each request of a service, a lower bound on its cost at the edge: the effective examples are at most those of a
 * model that was resident from the first request on, and the cost over [0, K] is bounded cell by cell, with the inference
 * cost of the cell's lower end and the better accuracy of its two ends (accuracy is monotone below and above K = 1).
 */
function leastHitCosts(
  instance: ServingInstance,
  server: EdgeServer,
  service: number,
  start: Int32Array,
  at: Int32Array,
  counts: Uint8Array,
  hit: Float64Array,
): void {
  const { params } = instance;
  const { W, gflops } = instance.services[service];
  const cells = Math.ceil(W) * CELLS_PER_EXAMPLE;
  const least = new Float64Array(cells + 1);
  least[0] = server.hitCost(service, 0);
  for (let cell = 1; cell <= cells; cell++) {
    const low = (cell - 1) / CELLS_PER_EXAMPLE;
    const high = cell / CELLS_PER_EXAMPLE;
    const best = Math.max(server.accuracyAt(service, low), server.accuracyAt(service, high));
    const inference = ((params.cInf * gflops) / params.flops) * (1 + params.ctxFlops * low);
    least[cell] = Math.min(least[cell - 1], inference + params.cAcc * (1 - best / 100) + params.cOff);
  }
  let k = 0;
  for (let j = start[service] + 1; j < start[service + 1]; j++) {
    const gap = instance.slot[at[j]] - instance.slot[at[j - 1]];
    k *= server.decay.factor(gap);
    hit[j] = counts[j] === 1 ? least[Math.min(cells, Math.ceil(k * CELLS_PER_EXAMPLE))] : 0;
    k = Math.min(W, k + 1);
  }
}
