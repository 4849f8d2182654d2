import type { Counts } from '../ingest/counts.js';
import { minimise, type KeepRule } from '../ingest/minimise.js';
import { Refusal } from '../message/refusal.js';
import type { Update } from '../message/update.js';
import type { Twins } from '../twin/twins.js';
import { AUDIT_THING } from './audit-log.js';

/** What is let in: as many things as there is room for, and of them what may be kept. */
export class Admission {
  /** Things whose first update is being stored. */
  readonly #arriving = new Set<string>();

  /** @param keepRules which properties are kept; without rules all are */
  constructor(
    readonly twins: Twins,
    readonly counts: Counts,
    readonly maxThings: number,
    readonly keepRules: () => readonly KeepRule[] | undefined,
  ) {}

  /** @throws Refusal there is no room for another thing, or this is none */
  checkRoom(id: string): void {
    if (id === AUDIT_THING) throw new Refusal('name', `${AUDIT_THING} is the audit's, and nobody else's`);
    if (this.twins.get(id) !== undefined || this.#arriving.has(id)) return;
    if (this.twins.size + this.#arriving.size < this.maxThings) return;
    throw new Refusal('room', `${this.maxThings} things are there, and no more are accepted (--max-things)`);
  }

  /**
   * What may be kept of an update; undefined if that is nothing. A thing that is new has its place until {@link settle}.
   *
   * @throws Refusal as {@link checkRoom}
   */
  admit(update: Update): Update | undefined {
    const kept = this.#minimised(update);
    if (kept === undefined) return undefined;
    this.checkRoom(kept.thing);
    if (this.twins.get(kept.thing) === undefined) this.#arriving.add(kept.thing);
    return kept;
  }

  /** Says that what was admitted of a thing is stored, or was not. */
  settle(thing: string): void {
    this.#arriving.delete(thing);
  }

  #minimised(update: Update): Update | undefined {
    const rules = this.keepRules();
    if (rules === undefined || rules.length === 0) return update;
    const definition = this.twins.get(update.thing)?.document.definition ?? '';
    const { features, dropped } = minimise(rules, update.thing, definition, update.features);
    this.counts.dropped += dropped;
    return Object.keys(features).length === 0 ? undefined : { ...update, features };
  }
}
