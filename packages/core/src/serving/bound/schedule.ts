import { MEMORY_SLACK_GB } from '../edge-server.js';
import type { OfflineProblem } from './offline-problem.js';

/**
 * A feasible plan: for each request, whether its service stays resident until its next request. Loads follow: where a
 * service stays that was not there before. The memory in use is kept by request, so that what a change costs, and whether
 * it fits, is known from the changed service alone.
 */
export class Schedule {
  /** 1 where the service stays after the request at this position. `Uint8Array [requests]` */
  readonly keep: Uint8Array;
  /** Resident GB just after each request. `Float64Array [requests]` */
  readonly usedGB: Float64Array;
  /** Cost of each service's requests and loads. */
  readonly #cost: Float64Array;

  constructor(readonly problem: OfflineProblem) {
    this.keep = new Uint8Array(problem.requests);
    this.usedGB = new Float64Array(problem.requests);
    this.#cost = new Float64Array(problem.instance.services.length);
    for (const service of problem.candidates) this.#cost[service] = this.costOf(service);
  }

  /** Total cost per slot. */
  get perSlot(): number {
    let sum = this.problem.fixedCost;
    for (const service of this.problem.candidates) sum += this.#cost[service];
    return sum / this.problem.slots;
  }

  recordedCost(service: number): number {
    return this.#cost[service];
  }

  /** Takes or gives back the memory of a service from the request at position j to the next. */
  hold(service: number, j: number, sign: 1 | -1): void {
    const { at, server } = this.problem;
    const gb = sign * server.gb[service];
    for (let index = at[j]; index < at[j + 1]; index++) this.usedGB[index] += gb;
  }

  /** Whether the service could stay from position j to the next without exceeding the memory. */
  hasRoom(service: number, j: number): boolean {
    const { at, server, instance } = this.problem;
    const limit = instance.params.gpuGB - server.gb[service] + MEMORY_SLACK_GB;
    for (let index = at[j]; index < at[j + 1]; index++) if (this.usedGB[index] > limit) return false;
    return true;
  }

  /** Sets one decision and its memory. */
  set(service: number, j: number, stays: 0 | 1): void {
    if (this.keep[j] === stays) return;
    this.keep[j] = stays;
    this.hold(service, j, stays === 1 ? 1 : -1);
  }

  /** Recomputes and records what the service costs. */
  record(service: number): number {
    return (this.#cost[service] = this.costOf(service));
  }

  /** Exact cost of a service under the plan, its context included. */
  costOf(service: number): number {
    const { start, at, counts, server, instance } = this.problem;
    const { cCloud } = instance.params;
    const loadCost = server.loadCost(service);
    const window = instance.services[service].W;
    let cost = 0;
    let k = 0;
    let isResident = false;
    for (let j = start[service]; j < start[service + 1]; j++) {
      if (isResident) {
        k *= server.decay.factor(instance.slot[at[j]] - instance.slot[at[j - 1]]);
        if (counts[j] === 1) cost += server.hitCost(service, k);
        k = Math.min(window, k + 1);
      } else if (counts[j] === 1) cost += cCloud;
      const stays = this.keep[j] === 1;
      if (stays && !isResident) {
        if (counts[j] === 1) cost += loadCost;
        k = 0;
      }
      isResident = stays;
    }
    return cost;
  }
}
