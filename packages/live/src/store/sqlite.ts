import { InvalidInputError } from '@metalore/core/errors';
import type Database from 'libsql';
import path from 'node:path';
import { Frontier, readFrontier, type Hash, type SignedRoot, type TreeNode } from '../ledger/index.js';
import type { Features } from '../message/update.js';
import type { SavedThing } from '../twin/saved.js';
import type { StoredUpdate } from '../twin/twins.js';
import type { Arrival, LedgerRow, Outcome, Point, PointQuery, Row, Store, Then } from './store.js';

/** The database in the folder of a live sub-metaverse. */
export const DATABASE_FILE = 'live.db';

const LOCK_FILE = 'lock.db';
/** Longest wait for another process's lock, ms. */
const BUSY_MS = 5000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS things (id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS history (
    position INTEGER PRIMARY KEY, thing TEXT NOT NULL, t INTEGER NOT NULL, seq INTEGER NOT NULL,
    received INTEGER NOT NULL, features TEXT, leaf BLOB NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS history_key ON history (thing, t, seq);
  CREATE TABLE IF NOT EXISTS nodes (level INTEGER, at INTEGER, hash BLOB NOT NULL, PRIMARY KEY (level, at)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS roots (size INTEGER PRIMARY KEY, at INTEGER, root BLOB, signature BLOB);
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
`;

/** A row as the database has it. */
interface HistoryRow {
  position: number;
  thing: string;
  t: number;
  seq: number;
  received: number;
  features: string | null;
  leaf: ArrayBuffer;
}

interface RootRow {
  size: number;
  at: number;
  root: ArrayBuffer;
  signature: ArrayBuffer;
}

const toRoot = (row: RootRow): SignedRoot => ({
  ...row,
  root: Buffer.from(row.root),
  signature: Buffer.from(row.signature),
});

type Statement = Database.Statement;

/** One file, embedded, for one process. A commit is on the disk when it returns (`synchronous = FULL`). */
export class SqliteStore implements Store {
  readonly #db: Database.Database;
  readonly #lock: Database.Database | undefined;
  readonly #insert: Statement;
  readonly #leafOf: Statement;
  readonly #addNode: Statement;
  readonly #saveThing: Statement;
  #frontier = new Frontier();
  #savedSize = 0;

  private constructor(db: Database.Database, lock: Database.Database | undefined) {
    this.#db = db;
    this.#lock = lock;
    this.#insert = db.prepare('INSERT OR IGNORE INTO history VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#leafOf = db.prepare('SELECT leaf FROM history WHERE thing = ? AND t = ? AND seq = ?');
    this.#addNode = db.prepare('INSERT OR REPLACE INTO nodes VALUES (?, ?, ?)');
    this.#saveThing = db.prepare('INSERT OR REPLACE INTO things VALUES (?, ?)');
  }

  /**
   * Opens the database of a folder, made where there is none.
   *
   * @throws InvalidInputError another process has it open
   * @param toCheck beside whoever has it open, and without a look at the ledger's edge, which may not be what it was
   */
  static async open(dir: string, { toCheck = false } = {}): Promise<SqliteStore> {
    // native code, which who stores in PostgreSQL does not need
    const { default: Sqlite } = await import('libsql');
    const lock = toCheck ? undefined : lockFolder(new Sqlite(path.join(dir, LOCK_FILE)), dir);
    const db = new Sqlite(path.join(dir, DATABASE_FILE), { readonly: toCheck });
    // Whoever checks or copies holds a lock for moments: that must not cost an update its acknowledgement.
    db.pragma(`busy_timeout = ${BUSY_MS}`);
    if (toCheck) return new SqliteStore(db, undefined);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('wal_autocheckpoint = 4000');
    db.exec(SCHEMA);
    const store = new SqliteStore(db, lock);
    const { size } = first(db.prepare('SELECT coalesce(max(position) + 1, 0) AS size FROM history')) as {
      size: number;
    };
    store.#savedSize =
      (first(db.prepare("SELECT value FROM meta WHERE name = 'savedSize'")) as { value: number } | undefined)
        ?.value ?? 0;
    store.#frontier = await readFrontier(store, size);
    return store;
  }

  /** Writes a copy of the database as it is in one moment, also while another process writes to it. */
  copyTo(file: string): void {
    this.#db.prepare('VACUUM INTO ?').run(file);
  }

  get size(): number {
    return this.#frontier.size;
  }

  get savedSize(): number {
    return this.#savedSize;
  }

  root(): Hash {
    return this.#frontier.root();
  }

  savedThings(): Promise<SavedThing[]> {
    return Promise.resolve(this.#db.prepare('SELECT id, state FROM things').all() as SavedThing[]);
  }

  rows(from: number, limit: number): Promise<StoredUpdate[]> {
    const rows = this.#db
      .prepare('SELECT * FROM history WHERE position >= ? AND features IS NOT NULL ORDER BY position LIMIT ?')
      .all(from, limit) as HistoryRow[];
    return Promise.resolve(rows.map(toRow));
  }

  commit(arrivals: readonly Arrival[]): Promise<Outcome[]> {
    const frontier = this.#frontier.copy();
    const outcomes: Outcome[] = [];
    this.#transaction(() => {
      for (const { update, received, leaf } of arrivals) {
        const { thing, t, seq, features } = update;
        const position = frontier.size;
        const { changes } = this.#insert.run(
          position,
          thing,
          t,
          seq,
          received,
          JSON.stringify(features),
          leaf,
        );
        if (changes === 1) {
          frontier.append(leaf, this.#keepNode);
          outcomes.push({ kind: 'stored', position });
        } else {
          const known = first(this.#leafOf, thing, t, seq) as { leaf: ArrayBuffer };
          outcomes.push({ kind: leaf.equals(Buffer.from(known.leaf)) ? 'duplicate' : 'conflict' });
        }
      }
    });
    this.#frontier = frontier;
    return Promise.resolve(outcomes);
  }

  readonly #keepNode = ({ level, at, hash }: TreeNode): void => {
    this.#addNode.run(level, at, hash);
  };

  saveThings(things: readonly SavedThing[]): Promise<void> {
    this.#transaction(() => {
      for (const { id, state } of things) this.#saveThing.run(id, state);
    });
    return Promise.resolve();
  }

  setSavedSize(size: number): Promise<void> {
    this.#db.prepare("INSERT OR REPLACE INTO meta VALUES ('savedSize', ?)").run(size);
    this.#savedSize = size;
    return Promise.resolve();
  }

  remove(id: string): Promise<void> {
    this.#db.prepare('DELETE FROM things WHERE id = ?').run(id);
    return Promise.resolve();
  }

  points(
    thing: string,
    feature: string,
    property: string,
    { from, to, after, limit }: PointQuery,
  ): Promise<Point[]> {
    const rows = this.#db
      .prepare(
        `SELECT t, seq, received, features FROM history
         WHERE thing = ? AND t BETWEEN ? AND ? AND (t, seq) > (?, ?) AND features IS NOT NULL ORDER BY t, seq`,
      )
      .iterate(thing, from, to, after?.t ?? -1, after?.seq ?? -1) as IterableIterator<HistoryRow>;
    return Promise.resolve(takePoints(rows, feature, property, limit));
  }

  latest(thing: string, feature: string, property: string, count: number): Promise<Point[]> {
    const rows = this.#db
      .prepare(
        `SELECT t, seq, received, features FROM history WHERE thing = ? AND features IS NOT NULL
         ORDER BY t DESC, seq DESC LIMIT ?`,
      )
      .iterate(thing, 8 * count) as IterableIterator<HistoryRow>;
    return Promise.resolve(takePoints(rows, feature, property, count).reverse());
  }

  before(thing: string, { measured, received }: Then, limit: number): Promise<Row[]> {
    const rows = this.#db
      .prepare(
        `SELECT * FROM history WHERE thing = ? AND t <= ? AND received <= ? AND features IS NOT NULL
         ORDER BY t DESC, seq DESC LIMIT ?`,
      )
      .all(thing, measured, received, limit) as HistoryRow[];
    return Promise.resolve(rows.map(toRow));
  }

  find(
    thing: string,
    { t, seq }: { t?: number | undefined; seq?: number | undefined },
  ): Promise<Row | undefined> {
    const row = first(
      this.#db
        .prepare(`SELECT * FROM history WHERE thing = ? AND (?2 IS NULL OR t = ?2) AND (?3 IS NULL OR seq = ?3)
         ORDER BY t DESC, seq DESC LIMIT 1`),
      thing,
      t ?? null,
      seq ?? null,
    ) as HistoryRow | undefined;
    return Promise.resolve(row === undefined ? undefined : toRow(row));
  }

  leaves(from: number, to: number): Promise<Hash[]> {
    const rows = this.#db
      .prepare('SELECT leaf FROM history WHERE position >= ? AND position < ? ORDER BY position')
      .all(from, to) as { leaf: ArrayBuffer }[];
    return Promise.resolve(rows.map(({ leaf }) => Buffer.from(leaf)));
  }

  node(level: number, at: number): Promise<Hash> {
    const row = first(this.#db.prepare('SELECT hash FROM nodes WHERE level = ? AND at = ?'), level, at);
    return Promise.resolve(
      Buffer.from((row as { hash: ArrayBuffer } | undefined)?.hash ?? new ArrayBuffer(0)),
    );
  }

  ledger(from: number, limit: number): Promise<LedgerRow[]> {
    const rows = this.#db
      .prepare('SELECT * FROM history WHERE position >= ? ORDER BY position LIMIT ?')
      .all(from, limit) as HistoryRow[];
    return Promise.resolve(rows.map((row) => ({ ...row, leaf: Buffer.from(row.leaf) })));
  }

  holds(leaf: Hash): Promise<boolean> {
    const row = first(this.#db.prepare('SELECT 1 FROM history WHERE leaf = ?'), leaf);
    return Promise.resolve(row !== undefined);
  }

  roots(): Promise<SignedRoot[]> {
    const rows = this.#db.prepare('SELECT * FROM roots ORDER BY size').all() as RootRow[];
    return Promise.resolve(rows.map(toRoot));
  }

  addRoot({ size, at, root, signature }: SignedRoot): Promise<void> {
    this.#db.prepare('INSERT OR IGNORE INTO roots VALUES (?, ?, ?, ?)').run(size, at, root, signature);
    return Promise.resolve();
  }

  lastRoot(): Promise<SignedRoot | undefined> {
    const row = first(this.#db.prepare('SELECT * FROM roots ORDER BY size DESC LIMIT 1'));
    return Promise.resolve(row === undefined ? undefined : toRoot(row as RootRow));
  }

  forget(before: number): Promise<number> {
    // A bounded part at a time, so that ingest never waits for it.
    const { changes } = this.#db
      .prepare(
        `UPDATE history SET features = NULL WHERE position IN (
           SELECT position FROM history WHERE received < ? AND features IS NOT NULL ORDER BY position LIMIT 2000)`,
      )
      .run(before);
    return Promise.resolve(changes);
  }

  close(): Promise<void> {
    this.#db.pragma('wal_checkpoint(TRUNCATE)');
    this.#db.close();
    this.#lock?.close();
    return Promise.resolve();
  }

  #transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}

/**
 * Holds a folder for this process: two would give the same place in the ledger to different rows. A lock of SQLite's own, on
 * a file beside the database, which the system lets go of however the process ends.
 */
function lockFolder(lock: Database.Database, dir: string): Database.Database {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (!/locked|busy/i.test((error as Error).message)) throw error;
    const message = 'is in use by another metalore live';
    throw new InvalidInputError('option', [{ path: '--dir', message: `${dir} ${message}` }]);
  }
}

/**
 * The values of a property in rows. Rows that lack it are passed over here and not in SQL: JSON paths cannot hold every name
 * that is accepted.
 */
function takePoints(
  rows: IterableIterator<HistoryRow>,
  feature: string,
  property: string,
  limit: number,
): Point[] {
  const points: Point[] = [];
  for (const { t, seq, received, features } of rows) {
    const values = (JSON.parse(features!) as Features)[feature];
    if (values === undefined || !Object.hasOwn(values, property)) continue;
    points.push({ t, seq, received, value: values[property] });
    if (points.length === limit) break;
  }
  return points;
}

/** The first row, or undefined. As an array: a Buffer alone would be taken for named parameters, which aborts the process. */
function first(statement: Statement, ...parameters: unknown[]): unknown {
  return statement.get(parameters);
}

function toRow({ position, thing, t, seq, received, features, leaf }: HistoryRow): Row {
  return {
    position,
    thing,
    t,
    seq,
    received,
    features: features === null ? {} : (JSON.parse(features) as Features),
    leaf: Buffer.from(leaf),
  };
}
