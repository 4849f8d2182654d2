import type { ServingInstance } from './instance.js';
import { countedSlots } from './instance.js';

/** What serving costs per slot, term by term (paper 002, Table II). */
export interface ServingCosts {
  /** Sum of the five terms that follow. */
  readonly total: number;
  /** Loading models into the GPU. */
  readonly switch: number;
  /** Wrong answers at the edge. */
  readonly acc: number;
  readonly inf: number;
  /** Offloading requests to the edge. */
  readonly off: number;
  readonly cloud: number;
  /** Share of the requests that ran at the edge. */
  readonly edge: number;
  /** Loads per slot. */
  readonly loads: number;
  /** Accuracy cost of a request at the edge in the mean; 0 if there was none. */
  readonly avgAcc: number;
}

/** Adds up costs from the end of the warm-up on. */
export class CostLedger {
  requests = 0;
  edgeRequests = 0;
  loads = 0;
  #switch = 0;
  #accuracy = 0;
  #inference = 0;
  #relay = 0;
  readonly #warm: number;
  readonly #offload: number;
  readonly #cloud: number;
  readonly #slots: number;

  constructor(instance: ServingInstance) {
    this.#warm = instance.params.warm;
    this.#offload = instance.params.cOff;
    this.#cloud = instance.params.cCloud;
    this.#slots = countedSlots(instance);
  }

  chargeEdge(slot: number, inference: number, accuracy: number): void {
    if (slot < this.#warm) return;
    this.requests++;
    this.edgeRequests++;
    this.#inference += inference;
    this.#accuracy += accuracy;
  }

  /** Extra offloading of a request that another edge server runs. */
  chargeRelay(slot: number, cost: number): void {
    if (slot >= this.#warm) this.#relay += cost;
  }

  chargeCloud(slot: number): void {
    if (slot >= this.#warm) this.requests++;
  }

  chargeLoad(slot: number, cost: number): void {
    if (slot < this.#warm) return;
    this.loads++;
    this.#switch += cost;
  }

  /** Cost of everything charged so far, not per slot. */
  get sum(): number {
    return (
      this.#switch +
      this.#accuracy +
      this.#inference +
      this.edgeRequests * this.#offload +
      this.#relay +
      (this.requests - this.edgeRequests) * this.#cloud
    );
  }

  perSlot(): ServingCosts {
    const slots = this.#slots;
    const off = (this.edgeRequests * this.#offload + this.#relay) / slots;
    const cloud = ((this.requests - this.edgeRequests) * this.#cloud) / slots;
    const terms = {
      switch: this.#switch / slots,
      acc: this.#accuracy / slots,
      inf: this.#inference / slots,
      off,
      cloud,
    };
    return {
      total: terms.switch + terms.acc + terms.inf + off + cloud,
      ...terms,
      edge: this.requests === 0 ? 0 : this.edgeRequests / this.requests,
      loads: this.loads / slots,
      avgAcc: this.edgeRequests === 0 ? 0 : this.#accuracy / this.edgeRequests,
    };
  }
}
