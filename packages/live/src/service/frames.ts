import type { Scenario } from '@metalore/core/scenario';
import { encode } from '@msgpack/msgpack';
import type { Rights } from '../access/gate.js';
import type { Alarm } from '../analysis/alarms.js';
import type { Change } from '../twin/twins.js';
import type { Place } from '../twin/place.js';
import { featuresOf, propertiesOf, type Thing } from '../twin/thing.js';
import { Journal, type Entry } from './journal.js';
import type { Live } from './live.js';

/** Between frames, at least; and at most, where nothing changes. */
const FRAME_MS = 100;
const REST_MS = 1000;

/** Readers that are sent to before others have their turn. */
const SENT_AT_ONCE = 5;

/** What is shown of a thing. */
export interface ShownThing {
  readonly id: string;
  /** When its freshest value was measured, ms since 1970; null if it has none. */
  readonly t: number | null;
  readonly definition?: string;
  readonly attributes?: unknown;
  readonly features: unknown;
}

/** Who is told. */
export interface FrameReader {
  /** Whether there is room for another frame. */
  readonly isReady: () => boolean;
  /** @param frame MessagePack */
  readonly send: (frame: Uint8Array) => void;
  /** What it may read, if that is not all. */
  readonly rights?: Rights | undefined;
}

/** What is told in every frame, whatever changed. */
interface State extends Record<string, unknown> {
  readonly alarms: readonly Alarm[];
}

interface Since {
  readonly things: readonly (ShownThing & { readonly number: number })[];
  readonly changes: readonly ShownChange[];
  readonly truth: readonly ({ readonly id: string } & Place)[];
  readonly removed: readonly string[];
}

/** A change of a thing that is known, and as it is told: by its number, with the newest time and its features. */
interface ShownChange {
  readonly id: string;
  readonly told: readonly [number: number, t: number | null, features: Record<string, unknown>];
}

interface Reader extends FrameReader {
  /** The tick up to which it knows everything; −1 before its first frame. */
  knows: number;
  lastSent: number;
}

/**
 * What changed since a reader's last frame, at most ten times a second: the newest wins, so a slow reader misses frames and
 * never an end state. Readers that know the same are sent the same bytes, written once; what a reader costs beside is a number.
 */
export class Frames {
  readonly #readers = new Set<Reader>();
  readonly #journal = new Journal();
  readonly #outbox: (() => void)[] = [];
  #tick = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly live: Live) {}

  /** Adds a reader, whose first frame holds everything. @returns how it is taken away again */
  add(reader: FrameReader): () => void {
    const added: Reader = { ...reader, knows: -1, lastSent: 0 };
    this.#readers.add(added);
    if (this.#readers.size === 1) this.#begin();
    return () => {
      if (this.#readers.delete(added) && this.#readers.size === 0) this.#end();
    };
  }

  get readers(): number {
    return this.#readers.size;
  }

  #begin(): void {
    const { live } = this;
    for (const thing of live.twins.all()) this.#journal.document(thing, this.#tick);
    for (const id of live.truth.places.keys()) this.#journal.place(id, this.#tick);
    live.on('change', this.#onChange).on('document', this.#onDocument).on('place', this.#onPlace);
    this.#timer = setInterval(() => this.#run(), FRAME_MS);
  }

  #end(): void {
    this.live.off('change', this.#onChange).off('document', this.#onDocument).off('place', this.#onPlace);
    clearInterval(this.#timer);
    this.#journal.clear();
  }

  readonly #onChange = ({ thing, features }: Change): void => {
    if (features !== undefined) this.#journal.change(thing, features, this.#tick);
  };

  readonly #onDocument = (thing: Thing, isRemoved: boolean): void => {
    if (isRemoved) this.#journal.remove(thing, this.#tick);
    else this.#journal.document(thing, this.#tick);
  };

  readonly #onPlace = (id: string): void => this.#journal.place(id, this.#tick);

  #run(): void {
    const tick = this.#tick++;
    const now = performance.now();
    const state = this.#state();
    /** By what a reader knows. */
    const written = new Map<number, Uint8Array>();
    for (const reader of this.#readers) {
      const { knows, isReady, send, rights } = reader;
      const isStill = knows >= this.#journal.last && knows >= 0;
      if (!isReady() || (isStill && now - reader.lastSent < REST_MS)) continue;
      let frame = rights === undefined ? written.get(knows) : undefined;
      if (frame === undefined) {
        frame = encode(readable({ ...state, ...this.#since(knows) }, rights));
        if (rights === undefined) written.set(knows, frame);
      }
      reader.knows = tick;
      reader.lastSent = now;
      const ready = frame;
      this.#outbox.push(() => send(ready));
    }
    this.#journal.forget(Math.min(...[...this.#readers].map(({ knows }) => knows)));
    this.#sendSome();
  }

  /** Sends to a few readers at a time: messages of devices come in between. */
  #sendSome(): void {
    for (const send of this.#outbox.splice(0, SENT_AT_ONCE)) send();
    if (this.#outbox.length > 0) setImmediate(() => this.#sendSome());
  }

  /** What is told in every frame. */
  #state(): State {
    const { live } = this;
    const { cell } = live;
    return {
      now: live.now(),
      cell: cell === undefined ? null : placeOfCell(cell.scenario),
      splits: cell?.splits ?? null,
      steering: cell?.steering ?? null,
      queues: live.queues,
      ages: live.desk.recentAges,
      alarms: [...live.alarms.active],
      stepMs: cell?.stepMs ?? null,
    };
  }

  /** What a reader does not know yet. */
  #since(knows: number): Since {
    const things: (ShownThing & { number: number })[] = [];
    const changes: ShownChange[] = [];
    for (const entry of this.#journal.things(knows)) {
      if (entry.document > knows) things.push({ number: entry.number, ...shown(entry.thing) });
      else
        changes.push({
          id: entry.thing.id,
          told: [entry.number, newestOf(entry.thing), changed(entry, knows)],
        });
    }
    const { places } = this.live.truth;
    return {
      things,
      changes,
      truth: [...this.#journal.places(knows)].map((id) => ({ id, ...places.get(id)! })),
      removed: [...this.#journal.removed(knows)],
    };
  }
}

/** What of a frame may be read. */
function readable(
  { alarms, things, changes, truth, removed, ...rest }: State & Since,
  rights: Rights | undefined,
): object {
  if (rights === undefined) {
    return { ...rest, alarms, things, changes: changes.map(({ told }) => told), truth, removed };
  }
  const sees = (id: string) => rights.view(id).grantsAny('READ', []);
  return {
    ...rest,
    alarms: alarms.filter((alarm) => maySee(rights, alarm)),
    things: things.filter(({ id }) => sees(id)).map((thing) => rights.view(thing.id).readable(thing)),
    changes: changes.flatMap(({ id, told: [number, t, features] }) => {
      if (!sees(id)) return [];
      const inDitto = Object.entries(features).map(([name, properties]) => [name, { properties }] as const);
      const left = rights.view(id).readable(Object.fromEntries(inDitto), ['features']) as typeof features;
      const properties = Object.entries(left ?? {}).map(([name, feature]) => [
        name,
        (feature as { properties?: object }).properties ?? {},
      ]);
      return [[number, t, Object.fromEntries(properties)]];
    }),
    truth: truth.filter(({ id }) => rights.view(id).grantsAny('READ', ['features', 'position'])),
    removed: removed.filter(sees),
  };
}

/** Whether somebody may read what an alarm is about. */
export function maySee(rights: Rights, { thing, feature, property }: Alarm): boolean {
  return rights.view(thing).grantsAll('READ', ['features', feature, 'properties', property]);
}

/** Features that changed, with all of their values. */
function changed({ thing, features }: Entry, knows: number): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [feature, tick] of features) if (tick > knows) values[feature] = propertiesOf(thing, feature);
  return values;
}

/** Where the cell's base station stands in its area, m. */
function placeOfCell({ cells: [cell], area }: Scenario): object {
  const { xM, yM, heightM } = cell;
  return { xM, yM, heightM, area };
}

/** When the freshest value of a thing was measured, ms since 1970; null if it has none. */
function newestOf(thing: Thing): number | null {
  let newest = -Infinity;
  for (const registers of thing.registers.values()) {
    for (const { t } of registers.values()) newest = Math.max(newest, t);
  }
  return newest === -Infinity ? null : newest;
}

/** A thing as a page is shown it. */
export function shown(thing: Thing): ShownThing {
  const { attributes, definition } = thing.document;
  return {
    id: thing.id,
    t: newestOf(thing),
    ...(definition !== undefined && { definition }),
    ...(attributes !== undefined && { attributes }),
    features: featuresOf(thing),
  };
}
