import { createHash, randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import { makeFolder } from '../io/output-folder.js';
import { modulesKey } from '../io/modules.js';
import { programHash } from './program.js';

/** What stands in a cell folder's `study.json`. */
export interface StudyProgress {
  readonly study: string;
  readonly title: string;
  readonly quick: boolean;
  readonly version: string;
  /** {@link programHash} of what computes it now. */
  readonly program?: string;
  /** Keys of all cells, in order. */
  readonly keys: readonly string[];
  /** When the study was first started, ISO 8601. */
  readonly startedAt: string;
}

/** JSON with the keys of every object in order, so that equal values are equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : item,
  );
}

/** A cell's name: SHA-256 over the study's name, the program, the user's modules and the cell's content. */
export function cellKey(study: string, cell: unknown): string {
  return createHash('sha256')
    .update(canonicalJson({ study, program: programHash(), ...modulesKey(), cell }))
    .digest('hex');
}

/**
 * Finished cells as files `<key>.json` in one folder. A cell's file appears complete or not at all, so any number of
 * processes may write into the same folder and any of them may be killed.
 */
export class CellStore {
  constructor(readonly dir: string) {}

  /** Makes the folder and notes what it is for; keeps the start of an earlier, interrupted run. */
  async open(progress: Omit<StudyProgress, 'startedAt'>): Promise<void> {
    await makeFolder(this.dir);
    const earlier = await this.readProgress().catch(() => undefined);
    const startedAt = earlier?.startedAt ?? new Date().toISOString();
    await this.#writeWhole('study.json', { ...progress, startedAt });
  }

  /** How many cells another build of the program has left here; they count for nothing. */
  async leftByOthers(keys: readonly string[]): Promise<number> {
    const earlier = await this.readProgress().catch(() => undefined);
    if (earlier === undefined || earlier.program === programHash()) return 0;
    const own = new Set(keys);
    return [...(await this.finished())].filter((key) => !own.has(key)).length;
  }

  async readProgress(): Promise<StudyProgress> {
    const file = path.join(this.dir, 'study.json');
    if (!existsSync(file)) {
      throw new InvalidInputError('study', [
        { path: this.dir, message: 'holds no study in progress (study.json)' },
      ]);
    }
    return JSON.parse(await readFile(file, 'utf8')) as StudyProgress;
  }

  /** Keys of the cells that are done. */
  async finished(): Promise<Set<string>> {
    const names = existsSync(this.dir) ? await readdir(this.dir) : [];
    return new Set(names.flatMap((name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? []));
  }

  has(key: string): Promise<boolean> {
    return Promise.resolve(existsSync(path.join(this.dir, `${key}.json`)));
  }

  /** Mean seconds between the last finished cells, at most 20; NaN for fewer than two. */
  async secondsPerCell(): Promise<number> {
    const times = [...(await this.finished())]
      .map((key) => statSync(path.join(this.dir, `${key}.json`)).mtimeMs)
      .sort((a, b) => a - b)
      .slice(-20);
    return times.length < 2 ? NaN : (times[times.length - 1] - times[0]) / 1000 / (times.length - 1);
  }

  async write(key: string, cell: unknown, rows: readonly unknown[]): Promise<void> {
    await this.#writeWhole(`${key}.json`, { cell, rows });
  }

  async read(key: string): Promise<unknown[]> {
    const text = await readFile(path.join(this.dir, `${key}.json`), 'utf8');
    return (JSON.parse(text) as { rows: unknown[] }).rows;
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }

  async #writeWhole(name: string, value: unknown): Promise<void> {
    const partial = path.join(this.dir, `${name}.${randomBytes(4).toString('hex')}.partial`);
    await writeFile(partial, JSON.stringify(value));
    await rename(partial, path.join(this.dir, name));
  }
}

/** A {@link CellStore} that forgets: for studies whose results are only shown. */
export class MemoryStore {
  readonly #rows = new Map<string, unknown[]>();

  open(): Promise<void> {
    return Promise.resolve();
  }

  leftByOthers(): Promise<number> {
    return Promise.resolve(0);
  }

  finished(): Promise<Set<string>> {
    return Promise.resolve(new Set(this.#rows.keys()));
  }

  has(key: string): Promise<boolean> {
    return Promise.resolve(this.#rows.has(key));
  }

  write(key: string, _cell: unknown, rows: readonly unknown[]): Promise<void> {
    this.#rows.set(key, [...rows]);
    return Promise.resolve();
  }

  read(key: string): Promise<unknown[]> {
    return Promise.resolve(this.#rows.get(key)!);
  }
}
