import type { Change } from '../twin/twins.js';
import { featuresOf, type Thing } from '../twin/thing.js';
import type { Live } from './live.js';

/** Between frames, at least; and at most, where nothing changes. */
const FRAME_MS = 100;
const REST_MS = 1000;

/** What is shown of a thing. */
export interface ShownThing {
  readonly id: string;
  /** When its freshest value was measured, ms since 1970; null if it has none. */
  readonly t: number | null;
  readonly attributes?: unknown;
  readonly features: unknown;
}

/** Who is told. @returns whether there is room for another frame */
export interface FrameReader {
  readonly isReady: () => boolean;
  readonly send: (frame: string) => void;
}

interface Reader extends FrameReader {
  readonly things: Set<Thing>;
  readonly places: Set<string>;
  readonly removed: Set<string>;
  lastSent: number;
}

/**
 * What changed since the last frame, at most ten times a second: the newest wins, so a slow reader misses frames and never an
 * end state, and costs what it reads, however fast the updates come.
 */
export class Frames {
  readonly #readers = new Set<Reader>();
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly live: Live) {}

  /** Adds a reader, whose first frame holds everything. @returns how it is taken away again */
  add(reader: FrameReader): () => void {
    const added: Reader = {
      ...reader,
      things: new Set(this.live.twins.all()),
      places: new Set(this.live.truth.places.keys()),
      removed: new Set(),
      lastSent: 0,
    };
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
    this.live.on('change', this.#onChange).on('document', this.#onDocument).on('place', this.#onPlace);
    this.#timer = setInterval(() => this.#tick(), FRAME_MS);
  }

  #end(): void {
    this.live.off('change', this.#onChange).off('document', this.#onDocument).off('place', this.#onPlace);
    clearInterval(this.#timer);
  }

  readonly #onChange = ({ thing }: Change): void => {
    for (const { things, removed } of this.#readers) {
      things.add(thing);
      removed.delete(thing.id);
    }
  };

  readonly #onDocument = (thing: Thing, isRemoved: boolean): void => {
    for (const { things, removed } of this.#readers) {
      if (isRemoved) {
        things.delete(thing);
        removed.add(thing.id);
      } else {
        things.add(thing);
        removed.delete(thing.id);
      }
    }
  };

  readonly #onPlace = (id: string): void => {
    for (const { places } of this.#readers) places.add(id);
  };

  #tick(): void {
    const { live } = this;
    /** Every thing is written once, for all readers. */
    const written = new Map<Thing, string>();
    const write = (thing: Thing) => {
      const known = written.get(thing);
      if (known !== undefined) return known;
      const text = JSON.stringify(shown(thing));
      written.set(thing, text);
      return text;
    };
    const state = JSON.stringify({
      now: live.now(),
      splits: live.cell?.splits ?? null,
      steering: live.cell?.steering ?? null,
      queues: live.queues,
      ages: live.desk.recentAges,
      alarms: [...live.alarms.active],
      stepMs: live.cell?.stepMs ?? null,
    });
    const now = performance.now();
    for (const reader of this.#readers) {
      const { isReady, send, things, places, removed } = reader;
      const isStill = things.size + places.size + removed.size === 0;
      if (!isReady() || (isStill && now - reader.lastSent < REST_MS)) continue;
      reader.lastSent = now;
      const truth = [...places].map((id) => JSON.stringify({ id, ...live.truth.places.get(id) }));
      send(
        `${state.slice(0, -1)},"things":[${[...things].map(write).join(',')}],` +
          `"truth":[${truth.join(',')}],"removed":${JSON.stringify([...removed])}}`,
      );
      things.clear();
      places.clear();
      removed.clear();
    }
  }
}

/** A thing as a frame shows it. */
export function shown(thing: Thing): ShownThing {
  let newest = -Infinity;
  for (const registers of thing.registers.values()) {
    for (const { t } of registers.values()) newest = Math.max(newest, t);
  }
  const { attributes } = thing.document;
  return {
    id: thing.id,
    t: newest === -Infinity ? null : newest,
    ...(attributes !== undefined && { attributes }),
    features: featuresOf(thing),
  };
}
