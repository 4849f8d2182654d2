import { accuracy } from './accuracy.js';
import { Decay } from './decay.js';
import type { ServiceSpec, ServingParams } from './instance.js';

/**
 * What executions cost by service and effective examples. Servers with the same services may share one: those that run the
 * same requests mostly ask the same, and what a service was last asked is remembered.
 */
export class ServiceCosts {
  readonly gb: Float64Array;
  readonly window: Float64Array;
  readonly decay: Decay;
  readonly #zeroShot: Float64Array;
  readonly #oneShot: Float64Array;
  readonly #alpha: Float64Array;
  readonly #hasContext: Uint8Array;
  readonly #inference: Float64Array;
  /** Of every service, the examples last asked for and the accuracy with them. */
  readonly #askedExamples: Float64Array;
  readonly #askedAccuracy: Float64Array;
  /** Cost of a request with an empty context. */
  readonly #emptyHitCost: Float64Array;
  /** Price of loading every service: cSwitch · GB / bandwidth, or by the time that is known of it. */
  readonly loadCost: Float64Array;

  constructor(
    readonly params: ServingParams,
    readonly services: readonly ServiceSpec[],
  ) {
    this.decay = new Decay(params.lam);
    this.gb = Float64Array.from(services, (service) => service.gb);
    this.window = Float64Array.from(services, (service) => service.W);
    this.#zeroShot = Float64Array.from(services, (service) => service.a0);
    this.#oneShot = Float64Array.from(services, (service) => service.one ?? 0);
    this.#alpha = Float64Array.from(services, (service) => service.alpha ?? 0);
    this.#hasContext = Uint8Array.from(services, (service) => (service.W > 0 && service.one ? 1 : 0));
    this.#inference = Float64Array.from(services, (service) => (params.cInf * service.gflops) / params.flops);
    this.#askedExamples = new Float64Array(services.length);
    this.#askedAccuracy = this.#zeroShot.slice();
    this.#emptyHitCost = Float64Array.from(services, (_, service) => this.#hitCost(service, 0));
    this.loadCost = Float64Array.from(services, ({ gb, loadS }) =>
      loadS === undefined ? (params.cSwitch * gb) / params.loadGBs : params.cSwitch * loadS,
    );
  }

  /** Accuracy with k effective examples, %. */
  accuracyAt(service: number, k: number): number {
    if (k === 0 || this.#hasContext[service] === 0) return this.#zeroShot[service];
    if (k !== this.#askedExamples[service]) {
      this.#askedExamples[service] = k;
      this.#askedAccuracy[service] = accuracy(
        this.#zeroShot[service],
        this.#oneShot[service],
        this.#alpha[service],
        k,
      );
    }
    return this.#askedAccuracy[service];
  }

  /** Of one request with k effective examples. */
  inferenceCost(service: number, k: number): number {
    return this.#inference[service] * (1 + this.params.ctxFlops * k);
  }

  /** Of one request with k effective examples. */
  accuracyCost(service: number, k: number): number {
    return this.params.cAcc * (1 - this.accuracyAt(service, k) / 100);
  }

  /** Cost of a request at the edge with k effective examples: inference + accuracy + offloading. */
  hitCost(service: number, k: number): number {
    return k === 0 ? this.#emptyHitCost[service] : this.#hitCost(service, k);
  }

  #hitCost(service: number, k: number): number {
    return this.inferenceCost(service, k) + this.accuracyCost(service, k) + this.params.cOff;
  }
}
