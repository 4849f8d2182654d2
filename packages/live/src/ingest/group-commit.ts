import { leafHash } from '../ledger/index.js';
import type { Update } from '../message/update.js';
import type { Arrival, Outcome, Store } from '../store/store.js';

/** Told of what a commit did, in the order of its arrivals, before those who wait for it. */
export type CommitListener = (arrivals: readonly Arrival[], outcomes: readonly Outcome[]) => void;

interface Waiting {
  readonly arrival: Arrival;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Largest batch: bounds how long a commit keeps the process from anything else. */
const MAX_BATCH = 1000;

/**
 * Commits what arrives in groups: everything that came while the last commit ran goes into the next one, so a single update
 * waits for nobody, and many share the price of one write to the disk.
 */
export class GroupCommit {
  readonly #store: Store;
  readonly #listen: CommitListener;
  #waiting: Waiting[] = [];
  #running = false;
  /** Told how long each commit took, s. */
  onCommit: ((seconds: number) => void) | undefined;

  constructor(store: Store, listen: CommitListener) {
    this.#store = store;
    this.#listen = listen;
  }

  /** Updates that wait for their commit. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Resolves when the update is stored, and would outlive a crash. Rejects if the store cannot write. */
  add(update: Update, received: number): Promise<Outcome> {
    const arrival = { update, received, leaf: leafHash(update) };
    return new Promise((resolve, reject) => {
      this.#waiting.push({ arrival, resolve, reject });
      if (!this.#running) {
        this.#running = true;
        setImmediate(() => void this.#run());
      }
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      const arrivals = batch.map(({ arrival }) => arrival);
      try {
        const start = performance.now();
        const outcomes = await this.#store.commit(arrivals);
        this.onCommit?.((performance.now() - start) / 1000);
        this.#listen(arrivals, outcomes);
        batch.forEach(({ resolve }, at) => resolve(outcomes[at]));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      // What came over the network meanwhile is read before the next commit.
      await new Promise(setImmediate);
    }
    this.#running = false;
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.#running) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
