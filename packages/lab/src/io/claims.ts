import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** Of a claim, in one lease. */
const BEATS = 4;
/** Who makes a claim signs it at once: one that stays unsigned for so long is of a process that died in between, ms. */
const UNSIGNED_MS = 3000;

/** Who made a claim. */
export interface Claimant {
  readonly host: string;
  readonly processId: number;
  /** When it began, as its system counts: numbers come again, and in containers soon. */
  readonly start: string | undefined;
  /** Of this machine. */
  readonly isHere: boolean;
}

const HOST = os.hostname();

/**
 * Who works on what, where processes share a folder and nothing else: `KEY.claim` is made by one of them alone, and touched
 * while it works. That a process of this machine is dead is seen at once; clocks of machines differ, so another's claim is taken
 * for a dead one's once this process has itself seen it untouched for a lease. Work that another may take from one who was only
 * slow has to be the same whoever does it.
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
    this.#beat = setInterval(() => void this.#touch(), leaseMs / BEATS).unref();
  }

  /** @returns whether it is now this process's to do */
  async take(key: string): Promise<boolean> {
    const isTaken =
      (await this.#make(key)) ||
      ((await this.isFree(key)) && (await this.#remove(key)) && (await this.#make(key)));
    if (!isTaken) return false;
    this.#held.add(key);
    this.#seen.delete(key);
    return true;
  }

  /** Whether nobody works on it, or one who is dead, or has not been seen alive for a lease. */
  async isFree(key: string): Promise<boolean> {
    const touchedMs = await this.touchedAt(key);
    if (touchedMs === undefined) return true;
    const seen = this.#seen.get(key);
    const untouchedMs = seen?.touchedMs === touchedMs ? performance.now() - seen.sinceMs : undefined;
    if (untouchedMs === undefined) this.#seen.set(key, { touchedMs, sinceMs: performance.now() });
    else if (untouchedMs >= this.leaseMs) return true;
    const owner = await this.ownerOf(key);
    if (owner === undefined) return untouchedMs !== undefined && untouchedMs >= UNSIGNED_MS;
    return owner.isHere && !isAlive(owner.processId, owner.start);
  }

  /** When a claim was last touched, ms by the file system's clock; undefined if there is none. */
  async touchedAt(key: string): Promise<number | undefined> {
    return touchedAt(this.#file(key));
  }

  /** Who has claimed it; undefined if nobody, or who is writing that down. */
  async ownerOf(key: string): Promise<Claimant | undefined> {
    const text = await readFile(this.#file(key), 'utf8').catch(() => '');
    const [, host, processId, start] = /^(\S+) (\d+) ?(\d+)?$/m.exec(text) ?? [];
    return host === undefined
      ? undefined
      : { host, processId: Number(processId), start, isHere: host === HOST };
  }

  async release(key: string): Promise<void> {
    this.#held.delete(key);
    await rm(this.#file(key), { force: true });
  }

  /** Gives back at once what is still held: in a process that ends. */
  endNow(): void {
    clearInterval(this.#beat);
    for (const key of this.#held) rmSync(this.#file(key), { force: true });
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
      await handle.writeFile(`${HOST} ${process.pid} ${statOf(process.pid)?.start ?? ''}\n`);
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

/**
 * Whether a process of this machine runs: one that has ended counts as dead although nobody has asked how, as in many
 * containers.
 *
 * @param start when it began, as a claim tells it: another process may have its number by now
 */
export function isAlive(processId: number, start?: string): boolean {
  const stat = statOf(processId);
  if (stat !== undefined) return !/[ZX]/.test(stat.state) && (start === undefined || start === stat.start);
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** State and start (ticks since boot) of a process, where the system tells them as Linux does (proc(5), `stat`). */
function statOf(processId: number): { readonly state: string; readonly start: string } | undefined {
  try {
    const text = readFileSync(`/proc/${processId}/stat`, 'utf8');
    // behind the name, which may hold anything: fields 3 and 22
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], start: fields[19] };
  } catch {
    return undefined;
  }
}
