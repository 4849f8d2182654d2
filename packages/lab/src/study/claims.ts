import { randomBytes } from 'node:crypto';
import { link, open, rename, rm, stat, utimes } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** Of a claim, in one lease. */
const BEATS = 4;

/**
 * Who computes which cell, where processes share a folder and nothing else: `KEY.claim` is made by one of them alone, and touched
 * while it works. Clocks of machines differ, so a claim is taken for a dead process's once this process has itself seen it
 * untouched for a lease. That a lease is taken from one who was only slow does no harm: a cell is the same whoever computes it.
 */
export class Claims {
  readonly #held = new Set<string>();
  /** When a claim of another process was last seen to change, by the clock of this one. */
  readonly #seen = new Map<string, { touchedMs: number; sinceMs: number }>();
  readonly #beat: NodeJS.Timeout;

  /** @param leaseMs a claim that nobody touches for so long is given away */
  constructor(
    readonly dir: string,
    readonly leaseMs: number,
  ) {
    this.#beat = setInterval(() => void this.#touch(), leaseMs / BEATS);
  }

  /** @returns whether the cell is now this process's to compute */
  async take(key: string): Promise<boolean> {
    const isTaken =
      (await this.#make(key)) ||
      ((await this.isFree(key)) && (await this.#remove(key)) && (await this.#make(key)));
    if (!isTaken) return false;
    this.#held.add(key);
    this.#seen.delete(key);
    return true;
  }

  /** Whether nobody works on a cell, or one has not been seen alive for a lease. */
  async isFree(key: string): Promise<boolean> {
    const touchedMs = await touchedAt(this.#file(key));
    if (touchedMs === undefined) return true;
    const seen = this.#seen.get(key);
    if (seen?.touchedMs === touchedMs) return performance.now() - seen.sinceMs >= this.leaseMs;
    this.#seen.set(key, { touchedMs, sinceMs: performance.now() });
    return false;
  }

  async release(key: string): Promise<void> {
    this.#held.delete(key);
    await rm(this.#file(key), { force: true });
  }

  /** Gives back what is still held. */
  async end(): Promise<void> {
    clearInterval(this.#beat);
    await Promise.all([...this.#held].map((key) => this.release(key)));
  }

  #file(key: string): string {
    return path.join(this.dir, `${key}.claim`);
  }

  async #make(key: string): Promise<boolean> {
    try {
      const handle = await open(this.#file(key), 'wx');
      await handle.writeFile(`${os.hostname()} ${process.pid}\n`);
      await handle.close();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  /** Removes a dead claim. @returns whether it was that one, and not one that another process has made since */
  async #remove(key: string): Promise<boolean> {
    const aside = `${this.#file(key)}.${randomBytes(4).toString('hex')}.partial`;
    try {
      await rename(this.#file(key), aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
      throw error;
    }
    const isDead = (await touchedAt(aside)) === this.#seen.get(key)?.touchedMs;
    if (!isDead) await link(aside, this.#file(key)).catch(() => undefined);
    await rm(aside, { force: true });
    return isDead;
  }

  async #touch(): Promise<void> {
    const now = new Date();
    // one that was taken for dead has another owner, or none: nothing to touch
    await Promise.all([...this.#held].map((key) => utimes(this.#file(key), now, now).catch(() => undefined)));
  }
}

async function touchedAt(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
