import type { Policy } from '@metalore/core/policy';
import type { Scenario } from '@metalore/core/scenario';
import { EventEmitter } from 'node:events';
import { Alarms, type Alarm } from '../analysis/alarms.js';
import { DEFAULT_RULES } from '../analysis/rules.js';
import { Counts } from '../ingest/counts.js';
import { GroupCommit } from '../ingest/group-commit.js';
import type { Splits } from '../ingest/sub-metaverse.js';
import { TokenBucket } from '../ingest/token-bucket.js';
import { Signer } from '../ledger/index.js';
import { Refusal } from '../message/refusal.js';
import type { LiveRequest } from '../message/request.js';
import { readMessage } from '../message/topic.js';
import type { Announcement, Update } from '../message/update.js';
import type { Rights } from '../access/gate.js';
import { checkRights } from '../access/check-rights.js';
import { Admission } from './admission.js';
import { AUDIT_THING, AuditLog } from './audit-log.js';
import { Cell, type WaitingRequest } from './cell.js';
import { Desk, type RequestAges } from './desk.js';
import type { Reply } from './reply.js';
import type { Settings } from './settings.js';
import type { Arrival, Outcome, Store } from '../store/store.js';
import { loadThing } from '../twin/saved.js';
import { Keeper } from './keeper.js';
import { Truth } from './truth.js';
import { mergeDocument, type Thing } from '../twin/thing.js';
import { Twins, type Change, type StoredUpdate } from '../twin/twins.js';

/** What runs in a sub-metaverse beside its store. */
export interface LiveOptions extends Settings {
  readonly store: Store;
  /** Folder of the store and of the ledger's keys; it must be there. */
  readonly dir: string;
  /** A cell whose compute and step this server has; without one every update is processed as it is stored. */
  readonly scenario?: Scenario | undefined;
  readonly policy?: Policy | undefined;
  /** Steps a second over those of the scenario: 10 runs it ten times as fast. */
  readonly speed?: number | undefined;
  readonly maxThings?: number | undefined;
  readonly log: (line: string) => void;
  readonly now?: (() => number) | undefined;
}

/** What others are told. */
interface LiveEvents {
  /** Something of a thing changed in its twin. */
  change: [Change];
  /** A thing's document changed, or the thing was removed. */
  document: [Thing, removed: boolean];
  alarm: [Alarm];
  reply: [Reply];
  receipt: [thing: string, receipts: readonly Receipt[]];
  /** Splits for the coming step, and how long it is. */
  splits: [Splits];
  /** A fleet said where a thing truly is. */
  place: [id: string];
  /** Ages of a request that was answered. */
  answered: [RequestAges];
  commit: [seconds: number];
}

/** Says that an update is stored. */
export interface Receipt {
  readonly t: number;
  readonly seq: number;
  readonly revision: number;
}

/** How often twins are saved and the ledger's root is signed, ms. */
const SAVE_MS = 5000;
const ALARMS_MS = 1000;
const ROOT_MS = 10_000;
/** How often what other processes stored is looked for, ms. */
const OTHERS_MS = 100;
const DEFAULT_MAX_THINGS = 100_000;
/** Of a bucket whose limit was lifted while somebody waited at it, messages a second. */
const UNLIMITED = 1e9;

/** A sub-metaverse that runs: takes messages, keeps twins, history and ledger, and answers requests. */
export class Live extends EventEmitter<LiveEvents> {
  readonly counts: Counts;
  readonly alarms: Alarms;
  readonly twins: Twins;
  readonly store: Store;
  readonly signer: Signer;
  readonly audit: AuditLog;
  readonly keeper: Keeper;
  readonly truth: Truth;
  readonly desk: Desk;
  readonly #options: LiveOptions;
  readonly #commit: GroupCommit;
  readonly #maxThings: number;
  readonly #admission: Admission;
  readonly #buckets: { readonly update: TokenBucket; readonly request: TokenBucket };
  readonly #timers: NodeJS.Timeout[] = [];
  /** The cell, where there is a scenario. */
  cell: Cell | undefined;
  #receipts = new Map<string, Receipt[]>();
  #following = false;
  #settings: Settings;
  /** Whether messages can come: the broker is reached. */
  isReady = true;

  private constructor(options: LiveOptions, twins: Twins) {
    super();
    this.setMaxListeners(0); // every open page of the change stream is one
    this.#options = this.#settings = options;
    this.store = options.store;
    this.twins = twins;
    this.#maxThings = options.maxThings ?? DEFAULT_MAX_THINGS;
    this.truth = new Truth(this.#maxThings, (id) => this.emit('place', id));
    this.desk = new Desk(twins, (reply, ages) => {
      this.counts.replies++;
      if (ages !== undefined) this.emit('answered', ages);
      this.emit('reply', reply);
    });
    this.counts = new Counts(options.log);
    this.#admission = new Admission(twins, this.counts, this.#maxThings, () => this.#settings.keepRules);
    this.signer = new Signer(options.dir);
    this.keeper = new Keeper(
      options.store,
      twins,
      this.signer,
      () => this.toldUpTo,
      () => this.now(),
    );
    this.alarms = new Alarms(options.rules ?? DEFAULT_RULES, (alarm) => this.emit('alarm', alarm));
    this.#commit = new GroupCommit(options.store, (arrivals, outcomes) => this.#stored(arrivals, outcomes));
    this.#commit.onCommit = (seconds) => this.emit('commit', seconds);
    const write = (update: Update, now: number) => {
      this.#commit.add(update, now).catch((error: Error) => options.log(`audit: ${error.message}`));
    };
    this.audit = new AuditLog(write, () => this.now());
    const rate = (share: (rhoC: number) => number) => () =>
      (this.#settings.ingestRate ?? UNLIMITED) * share(this.cell?.splits.rhoC ?? 0.5);
    this.#buckets = {
      request: new TokenBucket(rate((rhoC) => rhoC)),
      update: new TokenBucket(rate((rhoC) => 1 - rhoC)),
    };
  }

  /** Takes up where the store left off: saved twins, and what came after they were saved. */
  static async start(options: LiveOptions): Promise<Live> {
    const { store } = options;
    const twins = new Twins((await store.savedThings()).map(loadThing));
    for (let from = store.savedSize; ;) {
      const rows = await store.rows(from, 5000);
      for (const row of rows) if (row.thing !== AUDIT_THING) twins.apply(row, row.received);
      if (rows.length === 0) break;
      from = rows.at(-1)!.position + 1;
    }
    const live = new Live(options, twins);
    live.#run();
    return live;
  }

  now(): number {
    return this.#options.now?.() ?? Date.now();
  }

  /** Jobs that wait, by kind. */
  get queues(): { requests: number; updates: number; commits: number; ingest: number } {
    return {
      ...(this.cell?.waiting ?? { requests: 0, updates: 0 }),
      commits: this.#commit.length,
      ingest: this.#buckets.request.length + this.#buckets.update.length,
    };
  }

  /** Place in the ledger up to which everything is in the twins. */
  get toldUpTo(): number {
    const { followed = this.store.size } = this.store;
    return Math.min(followed, this.cell?.oldest ?? Infinity) - 1;
  }

  #run(): void {
    this.cell = this.#startCell();
    const every = (ms: number, work: () => unknown) => {
      const run = async () => {
        try {
          await work();
        } catch (error) {
          this.#options.log(`store: ${(error as Error).message}`);
        }
      };
      this.#timers.push(setInterval(() => void run(), ms).unref());
    };
    every(SAVE_MS, () => this.keeper.save());
    every(ROOT_MS, () => this.keeper.signRoot());
    every(ALARMS_MS, () => this.alarms.tick(this.twins.all(), this.now()));
    if (this.store.others !== undefined) every(OTHERS_MS, () => this.#followOthers());
    every(ROOT_MS, () => this.#forget());
  }

  async #forget(): Promise<void> {
    const { retentionMs } = this.#settings;
    if (retentionMs !== undefined) await this.store.forget(this.now() - retentionMs);
  }

  async #followOthers(): Promise<void> {
    if (this.#following) return;
    this.#following = true;
    try {
      for (const update of await this.store.others!()) {
        if (update.thing !== AUDIT_THING) this.#apply(update, this.now());
      }
    } finally {
      this.#following = false;
    }
  }

  #startCell(): Cell | undefined {
    const { scenario, policy, speed = 1 } = this.#options;
    if (scenario === undefined || policy === undefined) return undefined;
    const listeners = {
      request: (waiting: WaitingRequest, startedAt: number, now: number) =>
        this.desk.answer(waiting, startedAt, now, this.cell?.splits),
      update: (stored: StoredUpdate, now: number) => this.#apply(stored, now),
      expired: (request: LiveRequest) => this.desk.refuse(request, 'was never heard of'),
      splits: (splits: Splits) => void this.emit('splits', splits),
    };
    return new Cell(scenario, policy, speed, this.#maxThings, () => this.now(), listeners, this.twins.all());
  }

  /** Runs the cell's steps at another speed, unless it was given one of its own. */
  setSpeed(speed: number): void {
    const cell = this.cell;
    if (cell === undefined || this.#options.speed !== undefined || cell.stepMs === 1000 / speed) return;
    cell.setSpeed(speed, this.twins.all());
    this.#options.log(`the fleet plays at speed ${speed}: a step lasts ${cell.stepMs} ms`);
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Goes on with other settings, from the next message on. */
  change(settings: Settings): void {
    this.#settings = settings;
    this.alarms.watch(settings.rules ?? DEFAULT_RULES, this.now());
  }

  /**
   * Takes a message. Resolves when it may be acknowledged: stored, or refused for good.
   *
   * @param rights of who sent it; without them everything may be said
   * @throws the store's error, if it cannot write: the message must come again
   */
  async receive(topic: string, payload: Uint8Array, rights?: Rights): Promise<void> {
    const received = this.now();
    try {
      const message = readMessage(topic, payload, received);
      if (rights !== undefined) checkRights(message, rights);
      const { request, announcement, updates = [] } = message;
      if (request !== undefined) {
        await this.#pace('request');
        this.#request({ request, received, view: rights?.view(request.thing) });
        await this.#placed(request, received);
      }
      if (announcement !== undefined) {
        this.announce(announcement, received);
        await this.keeper.save();
      }
      if (updates.length > 0) {
        await this.#pace('update');
        await this.#updateAll(updates, received);
      }
    } catch (error) {
      if (!(error instanceof Refusal)) {
        this.counts.refuse(new Refusal('store', (error as Error).message), topic, received);
        throw error;
      }
      this.counts.refuse(error, topic.slice(0, 80), received);
    }
  }

  /** Waits until a message may be taken in. */
  async #pace(kind: 'request' | 'update'): Promise<void> {
    if (this.#settings.ingestRate !== undefined) await this.#buckets[kind].take();
  }

  /** All of a message's updates: it is acknowledged when the last of them is stored, also if one is refused. */
  async #updateAll(updates: readonly Update[], received: number): Promise<void> {
    const results = await Promise.allSettled(updates.map((update) => this.update(update, received)));
    const failures = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as Error] : [],
    );
    if (failures.length > 0) throw failures.find((error) => !(error instanceof Refusal)) ?? failures[0];
  }

  /**
   * Takes an update in, from whatever door.
   *
   * @throws Refusal another update has this key already, or there are too many things
   */
  async update(whole: Update, received = this.now()): Promise<void> {
    const update = this.#admission.admit(whole);
    if (update === undefined) return;
    const outcome = await this.#commit
      .add(update, received)
      .finally(() => this.#admission.settle(update.thing));
    if (outcome.kind === 'conflict') {
      const key = `t ${update.t}, seq ${update.seq}`;
      throw new Refusal('conflict', `another update of this thing has ${key}; the first one stays`);
    }
  }

  /** Puts what is said of a thing into its document, and makes the thing where there is none. */
  announce({ thing: id, document }: Announcement, received: number): Thing {
    this.#admission.checkRoom(id);
    const thing = this.twins.require(id, received);
    mergeDocument(thing, document);
    this.changed(thing);
    return thing;
  }

  /** Notes that a thing's document changed. */
  changed(thing: Thing): void {
    thing.revision++;
    thing.modified = this.now();
    this.twins.unsaved.add(thing);
    this.emit('document', thing, false);
  }

  /** Forgets a twin; its history stays in the ledger. */
  async remove(thing: Thing): Promise<void> {
    await this.keeper.save();
    this.twins.remove(thing);
    await this.store.remove(thing.id);
    this.emit('document', thing, true);
  }

  #stored(arrivals: readonly Arrival[], outcomes: readonly Outcome[]): void {
    arrivals.forEach(({ update, received }, at) => {
      const outcome = outcomes[at];
      if (outcome.kind === 'conflict' || update.thing === AUDIT_THING) return;
      if (outcome.kind === 'duplicate') this.counts.duplicates++;
      else {
        this.counts.accepted++;
        const { thing, t, seq, features } = update;
        const stored = { position: outcome.position, thing, t, seq, received, features };
        this.twins.require(thing, received);
        if (this.cell === undefined || update.direct) this.#apply(stored, received);
        else this.cell.addUpdate(stored, update.loadUnits);
      }
      if (update.receipt) this.#receipt(update);
    });
    for (const [thing, receipts] of this.#receipts) this.emit('receipt', thing, receipts);
    this.#receipts.clear();
  }

  #receipt({ thing, t, seq }: Update): void {
    const revision = this.twins.get(thing)?.revision ?? 0;
    const known = this.#receipts.get(thing) ?? [];
    known.push({ t, seq, revision });
    this.#receipts.set(thing, known);
  }

  #apply(stored: StoredUpdate, delivered: number): void {
    const change = this.twins.apply(stored, delivered);
    const { features } = change;
    if (features === undefined) return;
    // What came late is history, and no reason for an alarm now.
    this.alarms.observe({ ...stored, features }, delivered);
    this.emit('change', change);
  }

  /** A UE that says where it asks from has a twin there. */
  async #placed({ ue, position }: LiveRequest, received: number): Promise<void> {
    if (position === undefined) return;
    const { t, xM, yM } = position;
    const features = { position: { xM, yM } };
    await this.update({ thing: ue, t, seq: 0, features, receipt: false, direct: true }, received);
  }

  #request(waiting: WaitingRequest): void {
    const { request, received } = waiting;
    this.counts.requests++;
    if (this.twins.get(request.thing) === undefined) {
      this.desk.refuse(request, 'does not exist');
    } else if (this.cell === undefined) {
      this.desk.answer(waiting, received, received, undefined);
    } else this.cell.addRequest(waiting);
  }

  /** Stops taking messages, finishes what it took, and writes everything. */
  async close(): Promise<void> {
    this.cell?.close();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#commit.idle();
    await this.keeper.save();
    await this.keeper.signRoot();
    await this.store.close();
  }
}
