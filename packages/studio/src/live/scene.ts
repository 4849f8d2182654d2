import { bandOf, BANDS, deadlineOf, type Band } from './band.js';
import type { Frame, ShownAlarm, ShownCell, ShownChange, ShownThing } from './frames.js';
import { Motions } from './motion.js';
import type { Place } from './place.js';

/** A thing with what the view derives from it. */
export interface LiveThing {
  readonly id: string;
  readonly shown: ShownThing;
  readonly deadlineS: number;
  /** Where its twin believes it is, m; undefined if it says nothing of that. */
  readonly place: Place | undefined;
}

const IN_ORDER = new Intl.Collator('en', { numeric: true });

/** All that is known of the sub-metaverse. Plain maps, as it changes ten times a second: its readers are told by a counter. */
export class Scene {
  readonly things = new Map<string, LiveThing>();
  readonly truth = new Map<string, Place>();
  readonly alarms = new Map<string, readonly ShownAlarm[]>();
  readonly motions = new Motions();
  /** When something of a thing came last, by our clock, ms since 1970. */
  readonly heardAt = new Map<string, number>();
  cell: ShownCell | null = null;
  queues: Readonly<Record<string, number>> = {};
  /** A moment of the past that is shown in place of the present, with the things of then. */
  past: { readonly at: number; readonly things: ReadonlyMap<string, LiveThing> } | undefined;
  readonly #ids = new Map<number, string>();
  #sorted: readonly string[] | undefined;
  /** The server's clock less ours, ms. */
  #ahead = 0;

  take(frame: Frame, isFirst: boolean): void {
    if (isFirst) this.#clear();
    this.#ahead = frame.now - Date.now();
    this.cell = frame.cell;
    this.queues = frame.queues;
    for (const { number, ...shown } of frame.things) {
      this.#ids.set(number, shown.id);
      this.#set(shown);
    }
    for (const change of frame.changes) this.#change(change);
    for (const { id, xM, yM } of frame.truth) this.truth.set(id, { xM, yM });
    for (const id of frame.removed) this.#remove(id);
    this.alarms.clear();
    for (const alarm of frame.alarms) {
      this.alarms.set(alarm.thing, [...(this.alarms.get(alarm.thing) ?? []), alarm]);
    }
  }

  /** Things of the moment that is shown. */
  get shown(): ReadonlyMap<string, LiveThing> {
    return this.past?.things ?? this.things;
  }

  /** Ids of all things of the present, in the order in which people count. */
  get ids(): readonly string[] {
    return (this.#sorted ??= [...this.things.keys()].sort(IN_ORDER.compare));
  }

  /** The moment that is shown, by the server's clock, ms since 1970. */
  now(): number {
    return this.past?.at ?? this.present();
  }

  /** Now by the server's clock, ms since 1970. */
  present(): number {
    return Date.now() + this.#ahead;
  }

  /** now − measured, s; NaN for a thing that has no values. */
  ageS(thing: LiveThing, now = this.now()): number {
    return thing.shown.t === null ? NaN : (now - thing.shown.t) / 1000;
  }

  bandOf(thing: LiveThing, now = this.now()): Band {
    return bandOf(this.ageS(thing, now), thing.deadlineS);
  }

  /** How many things are in each band. */
  counts(): ReadonlyMap<Band, number> {
    const now = this.now();
    const counts = new Map<Band, number>(BANDS.map((band) => [band, 0]));
    for (const thing of this.shown.values()) {
      const band = this.bandOf(thing, now);
      counts.set(band, counts.get(band)! + 1);
    }
    return counts;
  }

  #change([number, t, changed]: ShownChange): void {
    const id = this.#ids.get(number);
    const known = id === undefined ? undefined : this.things.get(id);
    if (known === undefined) return;
    const features = { ...known.shown.features };
    for (const [name, properties] of Object.entries(changed)) {
      features[name] = { ...features[name], properties };
    }
    this.#set({ ...known.shown, t, features });
  }

  #set(shown: ShownThing): void {
    const { id, t } = shown;
    const before = this.things.get(id);
    const thing = liveThing(shown);
    this.things.set(id, thing);
    if (before === undefined) this.#sorted = undefined;
    if (t === null || t === before?.shown.t) return;
    this.heardAt.set(id, Date.now());
    if (thing.place !== undefined) this.motions.observe(id, t, thing.place);
  }

  #remove(id: string): void {
    for (const each of [this.things, this.truth, this.heardAt]) each.delete(id);
    this.motions.forget(id);
    this.#sorted = undefined;
  }

  #clear(): void {
    for (const each of [this.things, this.truth, this.heardAt, this.#ids]) each.clear();
    this.motions.clear();
    this.#sorted = undefined;
  }
}

/** A thing as the server shows it, with what the view derives from it. */
export function liveThing(shown: ShownThing): LiveThing {
  const { id, attributes, features } = shown;
  const place = placeOf(features.position?.properties) ?? placeOf(attributes);
  return { id, shown, deadlineS: deadlineOf(attributes), place };
}

function placeOf(values: Readonly<Record<string, unknown>> | undefined): Place | undefined {
  const { xM, yM } = values ?? {};
  return isPlace(xM) && isPlace(yM) ? { xM, yM } : undefined;
}

/** Farther than any place on Earth, m: such a value would take the picture's scale away from all others. */
const FARTHEST_M = 1e8;

const isPlace = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) < FARTHEST_M;
