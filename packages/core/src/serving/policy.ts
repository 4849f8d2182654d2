import type { EdgeServer } from './edge-server.js';
import type { ServingInstance } from './instance.js';
import type { ModelCache } from './model-cache.js';

/**
 * When a missing model may take the victims' place: `always`; `never`; `max`, if its worth is above the largest of the
 * victims'; `sum`, if above their sum; `margin`, if its worth less the victims' repays the load.
 */
export type Admission = 'always' | 'never' | 'max' | 'sum' | 'margin';

/** A caching policy at work on one server. */
export interface PolicyState {
  readonly admission: Admission;
  /**
   * Rank among the resident models: victims are taken in ascending (key, number). Asked after a load and after each
   * request for a resident model; it has to hold until the next of these.
   */
  key(service: number, slot: number): number;
  /** What admission compares, >= 0, resident or not, at any time. Missing: the key. */
  worth?(service: number, slot: number): number;
  /** A request has arrived; called first, whether the model is resident or not. It may evict. */
  onRequest?(service: number, slot: number, cache: ModelCache): void;
  onLoad?(service: number, slot: number): void;
  onEvict?(service: number, slot: number): void;
  /** Something that happens at the slots 0, `every`, 2·`every`, … before the requests of that time. */
  readonly timer?: { readonly every: number; run(slot: number, cache: ModelCache): void };
  /** Called after each request, with whether it ran at the edge. */
  afterRequest?(service: number, slot: number, atEdge: boolean, cache: ModelCache): void;
}

/** A way to decide what is resident: named, and started anew for every run. */
export interface CachingPolicy {
  readonly name: string;
  /** @param seed for a policy that draws random numbers */
  start(instance: ServingInstance, server: EdgeServer, seed: number): PolicyState;
}
