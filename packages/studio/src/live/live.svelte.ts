import { SvelteMap } from 'svelte/reactivity';
import { bandOf, BANDS, deadlineOf, type Band } from './band.js';
import { readFrames, type Connection, type Frame, type ShownAlarm, type ShownThing } from './frames.js';

/** A thing with what the view derives from it. */
export interface LiveThing {
  readonly id: string;
  readonly shown: ShownThing;
  readonly deadlineS: number;
  /** Where its twin believes it is, m; undefined if it says nothing of that. */
  readonly place: Place | undefined;
}

export interface Place {
  readonly xM: number;
  readonly yM: number;
}

const TOKEN_KEY = 'metalore-live-token';
/** Splits and queues that are kept for the lines over time: two minutes at ten frames a second. */
const MOST_PAST = 1200;

/** A moment of the cell. */
export interface Moment {
  readonly now: number;
  readonly rhoC: number;
  readonly rhoP: number;
  readonly requests: number;
  readonly updates: number;
}

/** The live sub-metaverse that serves this page. */
export class LiveState {
  connection = $state<Connection>('connecting');
  token = $state(sessionStorage.getItem(TOKEN_KEY) ?? '');
  frame = $state.raw<Frame>();
  /** Counts frames: what is derived from things and places reads it. */
  version = $state(0);
  readonly things = new Map<string, LiveThing>();
  readonly truth = new Map<string, Place>();
  readonly alarms = new SvelteMap<string, ShownAlarm[]>();
  past = $state.raw<readonly Moment[]>([]);
  chosen = $state('');
  /** The server's clock less ours, ms. */
  #ahead = 0;
  #end: (() => void) | undefined;

  connect(): void {
    this.#end?.();
    sessionStorage.setItem(TOKEN_KEY, this.token);
    this.connection = 'connecting';
    this.#end = readFrames(this.token.trim(), {
      onState: (state) => (this.connection = state),
      onFrame: (frame, isFirst) => this.#take(frame, isFirst),
    });
  }

  disconnect(): void {
    this.#end?.();
    this.#end = undefined;
  }

  /** Now by the server's clock, ms since 1970. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  ageS(thing: LiveThing, now = this.now()): number {
    return thing.shown.t === null ? NaN : (now - thing.shown.t) / 1000;
  }

  bandOf(thing: LiveThing, now = this.now()): Band {
    return bandOf(this.ageS(thing, now), thing.deadlineS);
  }

  /** How many things are in each band. */
  counts(now = this.now()): ReadonlyMap<Band, number> {
    const counts = new Map<Band, number>(BANDS.map((band) => [band, 0]));
    for (const thing of this.things.values()) {
      const band = this.bandOf(thing, now);
      counts.set(band, counts.get(band)! + 1);
    }
    return counts;
  }

  #take(frame: Frame, isFirst: boolean): void {
    if (isFirst) {
      this.things.clear();
      this.truth.clear();
    }
    this.#ahead = frame.now - Date.now();
    for (const shown of frame.things) this.things.set(shown.id, liveThing(shown));
    for (const { id, xM, yM } of frame.truth) this.truth.set(id, { xM, yM });
    for (const id of frame.removed) this.things.delete(id);
    this.alarms.clear();
    for (const alarm of frame.alarms) this.alarms.set(alarm.thing, [...(this.alarms.get(alarm.thing) ?? []), alarm]);
    const { splits, queues, now } = frame;
    if (splits !== null) {
      const { requests = 0, updates = 0 } = queues;
      this.past = [...this.past.slice(1 - MOST_PAST), { now, ...splits, requests, updates }];
    }
    this.frame = frame;
    this.version++;
  }
}

function liveThing(shown: ShownThing): LiveThing {
  const { id, attributes, features } = shown;
  const place = placeOf(features.position?.properties) ?? placeOf(attributes);
  return { id, shown, deadlineS: deadlineOf(attributes), place };
}

function placeOf(values: Readonly<Record<string, unknown>> | undefined): Place | undefined {
  const { xM, yM } = values ?? {};
  return typeof xM === 'number' && typeof yM === 'number' ? { xM, yM } : undefined;
}
