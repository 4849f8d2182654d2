import type { Decay } from './decay.js';
import type { ServiceSpec, ServingParams } from './instance.js';
import { ServiceCosts } from './service-costs.js';

/** Slack of the memory constraint, GB: sums of sizes in binary floating point. */
export const MEMORY_SLACK_GB = 1e-9;

/**
 * The models in one server's GPU memory, what each has in its context, and what executions cost. It decides nothing.
 *
 * Age of Context (AoC): K effective examples, K ← min(W, K·λ^Δt + 1) after each execution, 0 on load.
 */
export class EdgeServer {
  readonly gb: Float64Array;
  /** 1 where the service is resident. */
  readonly resident: Uint8Array;
  readonly decay: Decay;
  usedGB = 0;
  /** Cost of the last execution: inference and accuracy. */
  inferenceCost = 0;
  accuracyCost = 0;

  readonly #params: ServingParams;
  /** K just after the last execution or load, and when that was. */
  readonly #examples: Float64Array;
  readonly #examplesAt: Float64Array;

  /** @param costs of the same services, if other servers share them */
  constructor(
    params: ServingParams,
    readonly services: readonly ServiceSpec[],
    readonly costs = new ServiceCosts(params, services),
  ) {
    this.#params = params;
    this.decay = costs.decay;
    this.gb = costs.gb;
    this.resident = new Uint8Array(services.length);
    this.#examples = new Float64Array(services.length);
    this.#examplesAt = new Float64Array(services.length);
  }

  /** Whether the service could ever be resident; a model larger than the GPU always runs in the cloud. */
  fits(service: number): boolean {
    return this.gb[service] <= this.#params.gpuGB + MEMORY_SLACK_GB;
  }

  /** Memory that has to be freed before the service can be loaded, GB; not positive if it fits as it is. */
  missingGB(service: number): number {
    return this.usedGB + this.gb[service] - this.#params.gpuGB - MEMORY_SLACK_GB;
  }

  /** Price of loading the service: cSwitch · GB / bandwidth, or by the time that is known of it. */
  loadCost(service: number): number {
    return this.costs.loadCost[service];
  }

  /** Effective examples in the context of a service now: K·λ^Δt. @param slot now */
  effectiveExamples(service: number, slot: number): number {
    const k = this.#examples[service];
    return k === 0 ? 0 : k * this.decay.factor(slot - this.#examplesAt[service]);
  }

  /** Accuracy with k effective examples, %. */
  accuracyAt(service: number, k: number): number {
    return this.costs.accuracyAt(service, k);
  }

  /** Cost of a request at the edge with k effective examples: inference + accuracy + offloading. */
  hitCost(service: number, k: number): number {
    return this.costs.hitCost(service, k);
  }

  /** What a request costs less at the edge than in the cloud, with the context as it was after the last execution. */
  saving(service: number): number {
    return this.#params.cCloud - this.hitCost(service, this.#examples[service]);
  }

  /** Runs a request of a resident service; its costs are then in `inferenceCost` and `accuracyCost`. */
  execute(service: number, slot: number): void {
    const { costs } = this;
    const k = this.effectiveExamples(service, slot);
    this.inferenceCost = costs.inferenceCost(service, k);
    this.accuracyCost = costs.accuracyCost(service, k);
    this.#examples[service] = Math.min(costs.window[service], k + 1);
    this.#examplesAt[service] = slot;
  }

  /** Makes the service resident, with an empty context. */
  load(service: number, slot: number): void {
    this.resident[service] = 1;
    this.usedGB += this.gb[service];
    this.#examples[service] = 0;
    this.#examplesAt[service] = slot;
  }

  /** Frees the memory of the service; its context is lost. */
  evict(service: number): void {
    this.resident[service] = 0;
    this.usedGB -= this.gb[service];
    this.#examples[service] = 0;
  }

  /** Replaces a resident service by another that is not. @param isKept whether the context goes over to it */
  replace(old: number, service: number, slot: number, isKept: boolean): void {
    const k = this.#examples[old];
    const at = this.#examplesAt[old];
    this.evict(old);
    this.load(service, slot);
    if (!isKept) return;
    this.#examples[service] = k;
    this.#examplesAt[service] = at;
  }
}
