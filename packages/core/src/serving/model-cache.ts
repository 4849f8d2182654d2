import type { CostLedger } from './costs.js';
import type { EdgeServer } from './edge-server.js';
import { IndexedHeap } from '../collections/index.js';
import type { PolicyCache, PolicyState } from './policy.js';

/** What happens to a cache, for timelines and tests. */
export interface CacheObserver {
  onLoad?(service: number, slot: number): void;
  onEvict?(service: number, slot: number): void;
  onRequest?(service: number, slot: number, atEdge: boolean): void;
}

/** The resident models of one server in the order of a policy, with loads charged to a ledger. */
export class ModelCache implements PolicyCache {
  readonly #order: IndexedHeap;
  readonly #victims: Int32Array;
  /** Services whose key is to be asked for before the order counts. */
  readonly #stale: Int32Array;
  readonly #isStale: Uint8Array;
  #staleCount = 0;
  /** Tries to run a missed request somewhere else than in the cloud, and charges for it if it can. */
  elsewhere: ((service: number, slot: number) => boolean) | undefined;

  constructor(
    readonly server: EdgeServer,
    readonly policy: PolicyState,
    readonly ledger: CostLedger,
    readonly observer: CacheObserver = {},
  ) {
    this.#order = new IndexedHeap(server.services.length);
    this.#victims = new Int32Array(server.services.length);
    this.#stale = new Int32Array(server.services.length);
    this.#isStale = new Uint8Array(server.services.length);
  }

  /** Next victim; −1 if nothing is resident. */
  get next(): number {
    this.#refresh();
    return this.#order.peek();
  }

  /** Asks the policy for the keys of all resident models again. */
  reorder(slot: number): void {
    const { resident } = this.server;
    for (let service = 0; service < resident.length; service++) {
      if (resident[service] === 1) this.#order.set(service, this.policy.key(service, slot));
    }
  }

  /** A request: runs at the edge if the model is resident, otherwise in the cloud, and then it may be loaded. */
  request(service: number, slot: number): void {
    const { server, policy } = this;
    policy.onRequest?.(service, slot, this);
    const atEdge = server.resident[service] === 1;
    if (atEdge) this.execute(service, slot);
    else {
      if (!this.elsewhere?.(service, slot)) this.ledger.chargeCloud(slot);
      if (policy.admission !== 'never' && server.fits(service)) this.offer(service, slot);
    }
    this.observer.onRequest?.(service, slot, atEdge);
    policy.afterRequest?.(service, slot, atEdge, this);
  }

  /** Runs a request for a resident model and charges for it. */
  execute(service: number, slot: number): void {
    this.server.execute(service, slot);
    this.ledger.chargeEdge(slot, this.server.inferenceCost, this.server.accuracyCost);
    this.#rank(service, slot);
  }

  /**
   * Loads the service if it fits, or if the policy's admission rule prefers it to the victims that make room for it.
   *
   * @returns whether it was loaded
   */
  offer(service: number, slot: number): boolean {
    const count = this.#chooseVictims(service, slot);
    if (count < 0) return false;
    for (let index = 0; index < count; index++) this.#drop(this.#victims[index], slot);
    this.load(service, slot);
    return true;
  }

  /** Loads a service that is not resident and fits, and charges for it. */
  load(service: number, slot: number): void {
    this.server.load(service, slot);
    this.ledger.chargeLoad(slot, this.server.loadCost(service));
    this.policy.onLoad?.(service, slot);
    this.#rank(service, slot);
    this.observer.onLoad?.(service, slot);
  }

  /** Gives a resident service its place in the order, at once or when the order counts. */
  #rank(service: number, slot: number): void {
    if (this.policy.keysAreLasting !== true) this.#order.set(service, this.policy.key(service, slot));
    else if (this.#isStale[service] === 0) {
      this.#isStale[service] = 1;
      this.#stale[this.#staleCount++] = service;
    }
  }

  /** Asks for the keys that were put off; they do not depend on the slot. */
  #refresh(): void {
    for (let index = 0; index < this.#staleCount; index++) {
      const service = this.#stale[index];
      this.#isStale[service] = 0;
      if (this.server.resident[service] === 1) this.#order.set(service, this.policy.key(service, 0));
    }
    this.#staleCount = 0;
  }

  evict(service: number, slot: number): void {
    this.#order.remove(service);
    this.#drop(service, slot);
  }

  #drop(service: number, slot: number): void {
    this.server.evict(service);
    this.policy.onEvict?.(service, slot);
    this.observer.onEvict?.(service, slot);
  }

  /**
   * Takes victims in ascending (key, number) until the newcomer fits; puts them back as soon as the rule is broken.
   *
   * @returns how many stand in `#victims`, taken out of the order; −1 if the newcomer is not admitted
   */
  #chooseVictims(service: number, slot: number): number {
    const { server, policy } = this;
    const order = this.#order;
    const { admission } = policy;
    const isFree = admission === 'always';
    const worth = isFree ? 0 : this.#worth(service, slot);
    const price = admission === 'margin' ? server.loadCost(service) : 0;
    if (admission === 'margin' && !(worth > price)) return -1;
    let missing = server.missingGB(service);
    if (missing > 0) this.#refresh();
    let count = 0;
    let given = 0;
    while (missing > 0) {
      const victim = order.peek();
      if (!isFree) {
        const victimWorth = this.#worth(victim, slot);
        given = admission === 'max' ? victimWorth : given + victimWorth;
        if (!(worth > given + price)) {
          this.#putBack(count);
          return -1;
        }
      }
      order.pop();
      this.#victims[count++] = victim;
      missing -= server.gb[victim];
    }
    return count;
  }

  #putBack(count: number): void {
    for (let index = 0; index < count; index++) {
      const victim = this.#victims[index];
      this.#order.set(victim, this.#order.keyOf(victim));
    }
  }

  #worth(service: number, slot: number): number {
    const { policy } = this;
    return policy.worth === undefined ? policy.key(service, slot) : policy.worth(service, slot);
  }
}
