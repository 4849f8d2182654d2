import type { Features } from '../message/update.js';
import type { Thing } from '../twin/thing.js';

/** When something of a thing changed last, in ticks. */
export interface Entry {
  readonly thing: Thing;
  /** By which it is named where its id is known. */
  readonly number: number;
  /** Its document, or itself as new. */
  document: number;
  readonly features: Map<string, number>;
  /** Anything of it. */
  last: number;
}

/** Remembers in which tick what changed last, so that whoever knows a tick can be told what came after it. */
export class Journal {
  readonly #entries = new Map<Thing, Entry>();
  readonly #places = new Map<string, number>();
  readonly #removed = new Map<string, number>();
  /** Things that changed in the tick of the last change. */
  readonly #recent = new Set<Entry>();
  #numbers = 0;
  /** The tick of the last change of a thing, and of the one before in another tick. */
  #tick = -1;
  #before = -1;
  /** The tick of the last change of anything. */
  last = -1;

  /** A thing is new, or its document changed. */
  document(thing: Thing, tick: number): void {
    this.#touch(thing, tick).document = tick;
  }

  /** Values of a thing changed. */
  change(thing: Thing, features: Features, tick: number): void {
    const entry = this.#touch(thing, tick);
    for (const feature of Object.keys(features)) entry.features.set(feature, tick);
  }

  place(id: string, tick: number): void {
    this.#places.set(id, tick);
    this.last = tick;
  }

  remove(thing: Thing, tick: number): void {
    const entry = this.#entries.get(thing);
    if (entry !== undefined) this.#recent.delete(entry);
    this.#entries.delete(thing);
    this.#removed.set(thing.id, tick);
    this.last = tick;
  }

  /** Things of which something changed after a tick; all of them after −1. */
  *things(after: number): Iterable<Entry> {
    const entries = after >= 0 && after >= this.#before ? this.#recent : this.#entries.values();
    for (const entry of entries) if (entry.last > after) yield entry;
  }

  *places(after: number): Iterable<string> {
    for (const [id, tick] of this.#places) if (tick > after) yield id;
  }

  *removed(after: number): Iterable<string> {
    for (const [id, tick] of this.#removed) if (tick > after) yield id;
  }

  /** Forgets removals that everybody has been told: all up to a tick. */
  forget(upTo: number): void {
    for (const [id, tick] of this.#removed) if (tick <= upTo) this.#removed.delete(id);
  }

  clear(): void {
    for (const each of [this.#entries, this.#places, this.#removed, this.#recent]) each.clear();
    this.#tick = this.#before = this.last = -1;
  }

  #touch(thing: Thing, tick: number): Entry {
    let entry = this.#entries.get(thing);
    if (entry === undefined) {
      entry = { thing, number: this.#numbers++, document: tick, features: new Map(), last: tick };
      this.#entries.set(thing, entry);
      this.#removed.delete(thing.id);
    }
    entry.last = this.last = tick;
    if (tick !== this.#tick) {
      this.#recent.clear();
      [this.#before, this.#tick] = [this.#tick, tick];
    }
    this.#recent.add(entry);
    return entry;
  }
}
