import { parsePolicy, type Policy } from '@metalore/core/policy';
import type { Scenario } from '@metalore/core/scenario';
import type { View } from '../access/view.js';
import { SubMetaverse, type ServerState, type Splits } from '../ingest/sub-metaverse.js';
import { unseenFeature, whyUnseen } from '../ingest/unseen.js';
import { Refusal } from '../message/refusal.js';
import type { LiveRequest } from '../message/request.js';
import type { Thing } from '../twin/thing.js';
import type { StoredUpdate } from '../twin/twins.js';

/** A request that waits for the server. */
export interface WaitingRequest {
  readonly request: LiveRequest;
  /** ms since 1970 */
  readonly received: number;
  /** What of the thing the asker may read; undefined: all of it. */
  readonly view: View | undefined;
}

/** An update that is stored, and waits to be let into its twin. */
interface WaitingUpdate {
  readonly stored: StoredUpdate;
  readonly loadUnits: number | undefined;
}

/** What a cell tells. Times in ms since 1970. */
export interface CellListeners {
  /** @param startedAt NaN if its computation began in the same step */
  request(waiting: WaitingRequest, startedAt: number, now: number): void;
  update(stored: StoredUpdate, now: number): void;
  expired(request: LiveRequest): void;
  splits(splits: Splits): void;
}

/** What splits bandwidth and compute. */
export interface Steering {
  readonly policy: string;
  /** `start`, or the name of the token of the operator who chose it. */
  readonly by: string;
  /** ms since 1970 */
  readonly since: number;
}

const AS_STARTED = 'start';

/** Steps of one second (paper 000, section IV-A). */
const STEP_MS = 1000;

/** The cell of a live sub-metaverse on the clock: a step begins at every whole multiple of its length. */
export class Cell {
  #server: SubMetaverse<WaitingRequest, WaitingUpdate>;
  #timer: NodeJS.Timeout | undefined;
  #own: Policy;
  #policy: Policy;
  #steering: Steering;
  /** Place in the ledger of the oldest update that waits; Infinity if none does. */
  #oldest = Infinity;

  /**
   * @param own the policy that it is started with
   * @param speed steps a second
   * @param things what is known already
   */
  constructor(
    readonly scenario: Scenario,
    own: Policy,
    speed: number,
    readonly maxThings: number,
    readonly now: () => number,
    readonly listeners: CellListeners,
    things: Iterable<Thing>,
  ) {
    this.#own = this.#policy = own;
    this.#steering = { policy: own.name, by: AS_STARTED, since: now() };
    this.#server = this.#start(speed, things);
  }

  get splits(): Splits {
    return this.#server.splits;
  }

  get stepMs(): number {
    return this.#server.stepMs;
  }

  get oldest(): number {
    return this.#oldest;
  }

  /** Jobs that wait or are in process. */
  get waiting(): { requests: number; updates: number } {
    const { requests, updates } = this.#server;
    return { requests: requests.queue.length[0], updates: updates.queue.length[0] };
  }

  /** Runs the steps at another speed. What waits goes on waiting. */
  setSpeed(speed: number, things: Iterable<Thing>): void {
    const updates = [...this.#server.waitingUpdates()];
    const requests = [...this.#server.waitingRequests()];
    this.close();
    this.#server = this.#start(speed, things);
    for (const { stored, loadUnits } of updates) this.addUpdate(stored, loadUnits);
    for (const request of requests) this.addRequest(request);
  }

  /**
   * Lets another policy split from now on.
   *
   * @param policy the one it was started with, if undefined
   * @throws Refusal the policy reads what a server does not see
   */
  steer(policy: Policy | undefined, by: string): void {
    const next = policy ?? this.#own;
    const unseen = unseenFeature(next);
    if (unseen !== undefined) throw new Refusal('schema', whyUnseen(next.name, unseen));
    this.#policy = next;
    this.#server.setPolicy(next);
    this.#steering = { policy: next.name, by: policy === undefined ? AS_STARTED : by, since: this.now() };
    this.listeners.splits(this.#server.splits);
  }

  /** Takes another policy for the one it was started with, unless an operator chose otherwise for now. */
  startedWith(policy: Policy): void {
    this.#own = policy;
    if (this.#steering.by === AS_STARTED) this.steer(undefined, AS_STARTED);
  }

  /** What splits, who said so, and since when. */
  get steering(): Steering {
    return this.#steering;
  }

  /** What is known at the server now. */
  get state(): ServerState {
    return this.#server.state(this.now());
  }

  /** What splits now, in a copy of its own where it remembers something. */
  get policy(): Policy {
    try {
      return parsePolicy(this.#policy.name);
    } catch {
      return this.#policy; // a trained one, which remembers nothing
    }
  }

  addUpdate(stored: StoredUpdate, loadUnits: number | undefined): void {
    this.#oldest = Math.min(this.#oldest, stored.position);
    const payload = { stored, loadUnits };
    this.#server.addUpdate(stored.thing, { t: stored.t, loadUnits, payload });
  }

  addRequest(waiting: WaitingRequest): void {
    const { ue, thing, t, loadUnits } = waiting.request;
    this.#server.addRequest(ue, thing, { t, loadUnits, payload: waiting });
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #start(speed: number, things: Iterable<Thing>): SubMetaverse<WaitingRequest, WaitingUpdate> {
    const { scenario, maxThings, listeners } = this;
    const server = new SubMetaverse<WaitingRequest, WaitingUpdate>(
      scenario,
      this.#policy,
      STEP_MS / speed,
      this.now(),
      maxThings,
      {
        request: (waiting, startedAt, now) => listeners.request(waiting, startedAt, now),
        update: ({ stored }, now) => listeners.update(stored, now),
        expired: ({ request }) => listeners.expired(request),
      },
    );
    for (const { id, registers } of things) {
      for (const properties of registers.values()) {
        for (const { t } of properties.values()) server.know(id, t);
      }
    }
    listeners.splits(server.splits);
    this.#schedule(server);
    return server;
  }

  /** A step is processed in its middle, when its messages have come. */
  #schedule(server: SubMetaverse<WaitingRequest, WaitingUpdate>): void {
    const { stepMs } = server;
    const now = this.now();
    const next = (Math.floor(now / stepMs + 0.5) + 0.5) * stepMs;
    this.#timer = setTimeout(
      () => {
        server.tick(this.now());
        this.#oldest = Infinity;
        for (const { stored } of server.waitingUpdates())
          this.#oldest = Math.min(this.#oldest, stored.position);
        this.listeners.splits(server.splits);
        this.#schedule(server);
      },
      Math.max(1, next - now),
    );
  }
}
