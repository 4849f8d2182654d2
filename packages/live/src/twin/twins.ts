import type { Features } from '../message/update.js';
import { observeDelivery } from './clock-offset.js';
import { deliver } from './register.js';
import { newThing, type Thing } from './thing.js';

/** An update as the store holds it. */
export interface StoredUpdate {
  /** Place in the ledger, from 0. */
  readonly position: number;
  readonly thing: string;
  readonly t: number;
  readonly seq: number;
  /** When we received it, ms since 1970. */
  readonly received: number;
  readonly features: Features;
}

/** What an update changed: only what was fresher. */
export interface Change {
  readonly thing: Thing;
  readonly update: StoredUpdate;
  /** Undefined where nothing of the update was fresher. */
  readonly features: Features | undefined;
}

/** All twins of a sub-metaverse, in memory. */
export class Twins {
  readonly #byId = new Map<string, Thing>();
  /** Things that changed since they were last saved. */
  readonly unsaved = new Set<Thing>();

  constructor(things: Iterable<Thing> = []) {
    for (const thing of things) this.add(thing);
  }

  get size(): number {
    return this.#byId.size;
  }

  all(): Iterable<Thing> {
    return this.#byId.values();
  }

  get(id: string): Thing | undefined {
    return this.#byId.get(id);
  }

  add(thing: Thing): void {
    this.#byId.set(thing.id, thing);
  }

  remove(thing: Thing): void {
    this.#byId.delete(thing.id);
    this.unsaved.delete(thing);
  }

  /** The thing of this id, made where there is none. */
  require(id: string, now: number): Thing {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const thing = newThing(id, now);
    this.add(thing);
    return thing;
  }

  /**
   * Lets an update into its twin, as far as it is fresher than what is there.
   *
   * @param delivered when it becomes visible, ms since 1970
   */
  apply(update: StoredUpdate, delivered: number): Change {
    const thing = this.require(update.thing, update.received);
    const { t, seq } = update;
    let fresh: Features | undefined;
    for (const [feature, values] of Object.entries(update.features)) {
      let registers = thing.registers.get(feature);
      if (registers === undefined) thing.registers.set(feature, (registers = new Map()));
      for (const [property, value] of Object.entries(values)) {
        const register = deliver(registers.get(property), value, t, seq, delivered);
        if (register === undefined) continue;
        registers.set(property, register);
        fresh ??= {};
        (fresh[feature] ??= {})[property] = value;
      }
    }
    observeDelivery(thing.clock, update.received - t);
    thing.revision++;
    thing.modified = Math.max(thing.modified, delivered);
    this.unsaved.add(thing);
    return { thing, update, features: fresh };
  }
}
