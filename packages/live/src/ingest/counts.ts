import { REFUSAL_KINDS, type Refusal, type RefusalKind } from '../message/refusal.js';

/** What came in and what became of it, since the start of the process. */
export class Counts {
  accepted = 0;
  duplicates = 0;
  /** Properties that may not be kept. */
  dropped = 0;
  requests = 0;
  replies = 0;
  readonly refused: Record<RefusalKind, number> = Object.fromEntries(
    REFUSAL_KINDS.map((kind) => [kind, 0]),
  ) as Record<RefusalKind, number>;
  readonly #log: (line: string) => void;
  readonly #seen = new Map<RefusalKind, number>();

  /** @param log told of refusals, at most once a minute for each kind */
  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  refuse(refusal: Refusal, source: string, now: number): void {
    const { kind, message } = refusal;
    const count = ++this.refused[kind];
    const last = this.#seen.get(kind);
    if (last !== undefined && now - last < 60_000) return;
    this.#seen.set(kind, now);
    this.#log(`refused (${kind}, ${count} so far): ${source}: ${message}`);
  }

  toJSON(): Record<string, unknown> {
    const { accepted, duplicates, dropped, requests, replies, refused } = this;
    return { accepted, duplicates, dropped, requests, replies, refused };
  }
}
