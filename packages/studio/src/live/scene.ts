import { bandOf, BANDS, deadlineOf, type Band } from './band.js';
import type { Frame, ShownAlarm, ShownThing } from './frames.js';

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

/** All that is known of the sub-metaverse. Plain maps, as it changes ten times a second: its readers are told by a counter. */
export class Scene {
  readonly things = new Map<string, LiveThing>();
  readonly truth = new Map<string, Place>();
  readonly alarms = new Map<string, readonly ShownAlarm[]>();
  /** A moment of the past that is shown in place of the present, with the things of then. */
  past: { readonly at: number; readonly things: ReadonlyMap<string, LiveThing> } | undefined;
  /** The server's clock less ours, ms. */
  #ahead = 0;

  take(frame: Frame, isFirst: boolean): void {
    if (isFirst) {
      this.things.clear();
      this.truth.clear();
    }
    this.#ahead = frame.now - Date.now();
    for (const shown of frame.things) this.things.set(shown.id, liveThing(shown));
    for (const { id, xM, yM } of frame.truth) this.truth.set(id, { xM, yM });
    for (const id of frame.removed) this.things.delete(id);
    this.alarms.clear();
    for (const alarm of frame.alarms) {
      this.alarms.set(alarm.thing, [...(this.alarms.get(alarm.thing) ?? []), alarm]);
    }
  }

  /** Things of the moment that is shown. */
  get shown(): ReadonlyMap<string, LiveThing> {
    return this.past?.things ?? this.things;
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
}

/** A thing as the server shows it, with what the view derives from it. */
export function liveThing(shown: ShownThing): LiveThing {
  const { id, attributes, features } = shown;
  const place = placeOf(features.position?.properties) ?? placeOf(attributes);
  return { id, shown, deadlineS: deadlineOf(attributes), place };
}

function placeOf(values: Readonly<Record<string, unknown>> | undefined): Place | undefined {
  const { xM, yM } = values ?? {};
  return typeof xM === 'number' && typeof yM === 'number' ? { xM, yM } : undefined;
}
