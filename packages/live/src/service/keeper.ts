import type { Signer } from '../ledger/index.js';
import type { Store } from '../store/store.js';
import { saveThing } from '../twin/saved.js';
import type { Twins } from '../twin/twins.js';

/** Twins saved in one go: bounds how long updates wait for it. */
const SAVE_BATCH = 200;

/** Keeps what can be lost without loss: twins, which history could rebuild, and signed roots. */
export class Keeper {
  #saving: Promise<void> = Promise.resolve();

  /** @param toldUpTo place in the ledger up to which everything is in the twins */
  constructor(
    readonly store: Store,
    readonly twins: Twins,
    readonly signer: Signer,
    readonly toldUpTo: () => number,
    readonly now: () => number,
  ) {}

  /** Writes twins that changed. */
  save(): Promise<void> {
    return (this.#saving = this.#saving.catch(() => undefined).then(() => this.#save()));
  }

  async #save(): Promise<void> {
    const { unsaved } = this.twins;
    const savedSize = this.toldUpTo() + 1;
    if (unsaved.size === 0 && savedSize === this.store.savedSize) return;
    const saving = [...unsaved];
    for (let from = 0; from < saving.length; from += SAVE_BATCH) {
      const batch = saving.slice(from, from + SAVE_BATCH).filter((thing) => unsaved.delete(thing));
      try {
        await this.store.saveThings(batch.map(saveThing), savedSize);
      } catch (error) {
        for (const thing of batch) unsaved.add(thing);
        throw error;
      }
      // Updates that came meanwhile go first.
      await new Promise(setImmediate);
    }
    await this.store.setSavedSize(savedSize);
  }

  /** Signs the ledger as it is now, unless that was done. */
  async signRoot(): Promise<void> {
    // Read together: rows may be appended while the last root is looked up.
    const [size, root] = [this.store.size, this.store.root()];
    const last = await this.store.lastRoot();
    if (size === 0 || last?.size === size) return;
    await this.store.addRoot(this.signer.sign(size, root, this.now()));
  }
}
