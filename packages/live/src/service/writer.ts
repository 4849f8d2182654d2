import type { Json } from '../message/bounded-json.js';
import type { Features } from '../message/update.js';
import { mergedFeatures } from '../twin/merge.js';
import { isFresher } from '../twin/register.js';
import { mergeDocument, type Thing } from '../twin/thing.js';
import type { Live } from './live.js';

/** Writes into twins what somebody says here and now, and not a device. */
export class Writer {
  /** Keys of what was written here last, for things that were. */
  readonly #written = new Map<string, { t: number; seq: number }>();

  constructor(readonly live: Live) {}

  /** Lets values in: newer than all that is known of the thing. */
  async write(thing: Thing, features: Features): Promise<void> {
    const now = this.live.now();
    let newest = { t: now, seq: -1 };
    for (const registers of thing.registers.values()) {
      for (const { t, seq } of registers.values()) if (isFresher(t, seq, newest)) newest = { t, seq };
    }
    const last = this.#written.get(thing.id);
    if (last !== undefined && isFresher(last.t, last.seq, newest)) newest = last;
    const key = { t: newest.t, seq: newest.seq + 1 };
    this.#written.set(thing.id, key);
    await this.live.update({ thing: thing.id, ...key, features, receipt: false, direct: true }, now);
  }

  /**
   * Merges a patch of features, in Ditto's form, into a thing.
   *
   * @throws Refusal what would come out is no feature
   */
  async mergeFeatures(thing: Thing, patch: Record<string, Json>): Promise<void> {
    const { documents, values, removed } = mergedFeatures(thing, patch);
    mergeDocument(thing, { features: documents });
    for (const [feature, property] of removed) thing.registers.get(feature)?.delete(property);
    if (Object.keys(values).length > 0) await this.write(thing, values);
  }
}
