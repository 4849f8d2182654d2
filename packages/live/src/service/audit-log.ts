import { randomInt } from 'node:crypto';
import type { AuditEvent } from '../access/gate.js';
import type { Store } from '../store/store.js';
import type { Update } from '../message/update.js';

/** The thing under which the audit stands in the ledger. It has no twin, and nobody else writes to it. */
export const AUDIT_THING = 'metalore:audit';

/** Where in its entries an event stands. */
const AUDIT_FEATURE = 'audit';
const AUDIT_PROPERTY = 'event';

/** Most denials a second that are written one by one; the others are counted in the next one. */
const DENIALS_PER_SECOND = 20;

/** Writes who did what into the ledger, as entries like any other. */
export class AuditLog {
  denied = 0;
  /** Several processes may write in the same millisecond: each begins elsewhere. */
  #seq = randomInt(2 ** 40);
  #second = 0;
  #written = 0;
  #omitted = 0;

  constructor(
    readonly write: (update: Update, now: number) => void,
    readonly now: () => number,
  ) {}

  add({ who, what, from, allowed }: AuditEvent): void {
    const now = this.now();
    if (!allowed) {
      this.denied++;
      const second = Math.floor(now / 1000);
      if (second !== this.#second) [this.#second, this.#written] = [second, 0];
      if (++this.#written > DENIALS_PER_SECOND) {
        this.#omitted++;
        return;
      }
    }
    const event = {
      who,
      what: what.slice(0, 300),
      from,
      allowed,
      ...(this.#omitted > 0 && { omitted: this.#omitted }),
    };
    this.#omitted = 0;
    const features = { [AUDIT_FEATURE]: { [AUDIT_PROPERTY]: event } };
    this.write(
      {
        thing: AUDIT_THING,
        t: now,
        seq: this.#seq++,
        features,
        receipt: false,
        direct: true,
        loadUnits: undefined,
      },
      now,
    );
  }
}

/** An event as it stands in the ledger. */
export interface AuditEntry extends AuditEvent {
  /** ms since 1970 */
  readonly t: number;
  readonly seq: number;
  /** Denials before this one that were too many to write. */
  readonly omitted?: number;
}

/** The last events, newest last. */
export async function readAudit(store: Store, limit: number): Promise<AuditEntry[]> {
  const points = await store.latest(AUDIT_THING, AUDIT_FEATURE, AUDIT_PROPERTY, limit);
  return points.map(({ t, seq, value }) => ({ t, seq, ...(value as unknown as AuditEvent) }));
}
