import type { EdgeServer } from './edge-server.js';
import type { ServingInstance } from './instance.js';

/**
 * When a missing model may take the victims' place: `always`; `never`; `max`, if its worth is above the largest of the
 * victims'; `sum`, if above their sum; `margin`, if its worth less the victims' repays the load.
 */
export type Admission = 'always' | 'never' | 'max' | 'sum' | 'margin';

/** The cache of one server as its policy sees it. */
export interface PolicyCache {
  /** Next victim; −1 if nothing is resident. */
  readonly next: number;
  /** Asks the policy for the keys of all resident models again. */
  reorder(slot: number): void;
  /**
   * Loads the service if it fits, or if the policy's admission rule prefers it to the victims that make room for it.
   *
   * @returns whether it was loaded
   */
  offer(service: number, slot: number): boolean;
  /** Loads a service that is not resident and fits, and charges for it. */
  load(service: number, slot: number): void;
  evict(service: number, slot: number): void;
}

/** A caching policy at work on one server. */
export interface PolicyState {
  readonly admission: Admission;
  /**
   * Rank among the resident models: victims are taken in ascending (key, number). Asked after a load and after each
   * request for a resident model; it has to hold until the next of these.
   */
  key(service: number, slot: number): number;
  /** Keys depend on nothing that changes between two such times, not on the slot either: they are asked for when a victim is sought. */
  readonly keysAreLasting?: true;
  /** What admission compares, >= 0, resident or not, at any time. Missing: the key. */
  worth?(service: number, slot: number): number;
  /** A request has arrived; called first, whether the model is resident or not. It may evict. */
  onRequest?(service: number, slot: number, cache: PolicyCache): void;
  onLoad?(service: number, slot: number): void;
  onEvict?(service: number, slot: number): void;
  /** Something that happens at the slots 0, `every`, 2·`every`, … before the requests of that time. */
  readonly timer?: { readonly every: number; run(slot: number, cache: PolicyCache): void };
  /** Called after each request, with whether it ran at the edge. */
  afterRequest?(service: number, slot: number, atEdge: boolean, cache: PolicyCache): void;
}

/** A way to decide what is resident: named, and started anew for every run. */
export interface CachingPolicy {
  readonly name: string;
  /** @param seed for a policy that draws random numbers */
  start(instance: ServingInstance, server: EdgeServer, seed: number): PolicyState;
}
