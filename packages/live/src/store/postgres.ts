import pg from 'pg';
import { InvalidInputError } from '@metalore/core/errors';
import { Frontier, readFrontier, type Hash, type SignedRoot, type TreeNode } from '../ledger/index.js';
import type { Features } from '../message/update.js';
import type { SavedThing } from '../twin/saved.js';
import type { StoredUpdate } from '../twin/twins.js';
import type { Arrival, LedgerRow, Outcome, Point, PointQuery, Row, Store, Then } from './store.js';

// Features are text and not jsonb: the ledger's hash is over what was received, and jsonb would reorder and round it.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS things (id text PRIMARY KEY, state text NOT NULL, size bigint NOT NULL);
  CREATE TABLE IF NOT EXISTS history (
    position bigint PRIMARY KEY, thing text NOT NULL, t bigint NOT NULL, seq bigint NOT NULL,
    received bigint NOT NULL, features text, leaf bytea NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS history_key ON history (thing, t, seq);
  CREATE TABLE IF NOT EXISTS nodes (level int, at bigint, hash bytea NOT NULL, PRIMARY KEY (level, at));
  CREATE TABLE IF NOT EXISTS roots (size bigint PRIMARY KEY, at bigint, root bytea, signature bytea);
  CREATE TABLE IF NOT EXISTS meta (name text PRIMARY KEY, value bigint);
`;

/** Number of the advisory lock under which rows are appended, one process at a time. */
const APPEND_LOCK = 0x4d65_7461;

/** A row as the driver gives it: bigints as text. */
interface HistoryRow {
  position: string;
  thing: string;
  t: string;
  seq: string;
  received: string;
  features: string | null;
  leaf: Buffer;
}

interface RootRow {
  size: string;
  at: string;
  root: Buffer;
  signature: Buffer;
}

const toRoot = (row: RootRow): SignedRoot => ({ ...row, size: Number(row.size), at: Number(row.at) });

/** PostgreSQL, for several processes: registers and keyed history commute, and the ledger is appended to under a lock. */
export class PostgresStore implements Store {
  readonly #pool: pg.Pool;
  /** A connection of its own: commits that wait for the lock must not keep readers of the edge out. */
  readonly #writer: pg.Pool;
  #frontier = new Frontier();
  #savedSize = 0;
  /** Rows below are in our twins, but for those that other processes stored: above `seen`, only `own` are. */
  #seen = 0;
  readonly #own = new Set<number>();

  private constructor(pool: pg.Pool, writer: pg.Pool) {
    this.#pool = pool;
    this.#writer = writer;
  }

  /**
   * @param url `postgres://user:password@host:port/database`
   * @throws InvalidInputError the database cannot be reached
   */
  static async open(url: string, log: (line: string) => void): Promise<PostgresStore> {
    const connections = (max: number) =>
      new pg.Pool({ connectionString: url, max }).on('error', (error) => log(`store: ${error.message}`));
    const pool = connections(8);
    try {
      // One at a time: tables made twice at once are an error, IF NOT EXISTS or not.
      await pool.query(`BEGIN; SELECT pg_advisory_xact_lock(${APPEND_LOCK}); ${SCHEMA} COMMIT`);
    } catch (error) {
      await pool.end();
      const shown = url.replace(/\/\/[^@]*@/, '//');
      throw new InvalidInputError('option', [
        { path: '--store', message: `${shown}: ${(error as Error).message}` },
      ]);
    }
    const store = new PostgresStore(pool, connections(1));
    const { rows } = await pool.query<{ value: string }>("SELECT value FROM meta WHERE name = 'savedSize'");
    store.#savedSize = Number(rows[0]?.value ?? 0);
    store.#frontier = await readFrontier(store, await store.#currentSize(pool));
    store.#seen = store.#frontier.size;
    return store;
  }

  async #currentSize(client: pg.Pool | pg.PoolClient): Promise<number> {
    const { rows } = await client.query<{ size: string }>(
      'SELECT coalesce(max(position) + 1, 0) AS size FROM history',
    );
    return Number(rows[0].size);
  }

  get size(): number {
    return this.#frontier.size;
  }

  get followed(): number {
    return this.#seen;
  }

  readonly others = async (): Promise<StoredUpdate[]> => {
    const rows = await this.rows(this.#seen, 5000);
    const foreign = rows.filter(({ position }) => !this.#own.has(position));
    for (const { position } of rows) {
      this.#own.delete(position);
      this.#seen = position + 1;
    }
    if (this.#seen > this.#frontier.size) {
      const frontier = await readFrontier(this, this.#seen);
      if (frontier.size > this.#frontier.size) this.#frontier = frontier;
    }
    return foreign;
  };

  get savedSize(): number {
    return this.#savedSize;
  }

  root(): Hash {
    return this.#frontier.root();
  }

  async savedThings(): Promise<SavedThing[]> {
    return (await this.#pool.query<SavedThing>('SELECT id, state FROM things')).rows;
  }

  async rows(from: number, limit: number): Promise<StoredUpdate[]> {
    const { rows } = await this.#pool.query<HistoryRow>(
      'SELECT * FROM history WHERE position >= $1 AND features IS NOT NULL ORDER BY position LIMIT $2',
      [from, limit],
    );
    return rows.map(toRow);
  }

  async commit(arrivals: readonly Arrival[]): Promise<Outcome[]> {
    const client = await this.#writer.connect();
    // A connection that breaks is told by the query that was under way, and by an event as well.
    const ignore = () => undefined;
    client.on('error', ignore);
    let failure: Error | undefined;
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock($1)', [APPEND_LOCK]);
      const size = await this.#currentSize(client);
      // Another process has appended: the edge is read anew.
      const frontier = size === this.#frontier.size ? this.#frontier.copy() : await readFrontier(this, size);
      const outcomes = await append(client, frontier, arrivals);
      await client.query('COMMIT');
      this.#frontier = frontier;
      for (const outcome of outcomes) if (outcome.kind === 'stored') this.#own.add(outcome.position);
      while (this.#own.delete(this.#seen)) this.#seen++;
      return outcomes;
    } catch (error) {
      failure = error as Error;
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(failure);
    }
  }

  async saveThings(things: readonly SavedThing[], size: number): Promise<void> {
    // A slower process must not put an older twin over a newer one.
    await this.#pool.query(
      `INSERT INTO things SELECT id, state, $3::bigint FROM unnest($1::text[], $2::text[]) AS new (id, state)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, size = excluded.size WHERE things.size <= excluded.size`,
      [things.map(({ id }) => id), things.map(({ state }) => state), size],
    );
  }

  async setSavedSize(size: number): Promise<void> {
    await this.#pool.query(
      `INSERT INTO meta VALUES ('savedSize', $1) ON CONFLICT (name) DO UPDATE SET value = greatest(meta.value, excluded.value)`,
      [size],
    );
    this.#savedSize = size;
  }

  async remove(id: string): Promise<void> {
    await this.#pool.query('DELETE FROM things WHERE id = $1', [id]);
  }

  async points(
    thing: string,
    feature: string,
    property: string,
    { from, to, after, limit }: PointQuery,
  ): Promise<Point[]> {
    const { rows } = await this.#pool.query<Record<keyof Point, string>>(
      `SELECT t, seq, received, features::json -> $5 -> $6 AS value FROM history
       WHERE thing = $1 AND t BETWEEN $2 AND $3 AND (t, seq) > ($7, $8) AND features::json -> $5 -> $6 IS NOT NULL
       ORDER BY t, seq LIMIT $4`,
      [thing, from, to, limit, feature, property, after?.t ?? -1, after?.seq ?? -1],
    );
    return rows.map(toPoint);
  }

  async latest(thing: string, feature: string, property: string, count: number): Promise<Point[]> {
    const { rows } = await this.#pool.query<Record<keyof Point, string>>(
      `SELECT t, seq, received, features::json -> $3 -> $4 AS value FROM history
       WHERE thing = $1 AND features::json -> $3 -> $4 IS NOT NULL ORDER BY t DESC, seq DESC LIMIT $2`,
      [thing, count, feature, property],
    );
    return rows.map(toPoint).reverse();
  }

  async before(thing: string, { measured, received }: Then, limit: number): Promise<Row[]> {
    const { rows } = await this.#pool.query<HistoryRow>(
      `SELECT * FROM history WHERE thing = $1 AND t <= $2 AND received <= $3 AND features IS NOT NULL
       ORDER BY t DESC, seq DESC LIMIT $4`,
      [thing, measured, received, limit],
    );
    return rows.map(toRow);
  }

  async find(
    thing: string,
    { t, seq }: { t?: number | undefined; seq?: number | undefined },
  ): Promise<Row | undefined> {
    const { rows } = await this.#pool.query<HistoryRow>(
      `SELECT * FROM history WHERE thing = $1 AND ($2::bigint IS NULL OR t = $2) AND ($3::bigint IS NULL OR seq = $3)
       ORDER BY t DESC, seq DESC LIMIT 1`,
      [thing, t ?? null, seq ?? null],
    );
    return rows.length === 0 ? undefined : toRow(rows[0]);
  }

  async leaves(from: number, to: number): Promise<Hash[]> {
    const { rows } = await this.#pool.query<{ leaf: Buffer }>(
      'SELECT leaf FROM history WHERE position >= $1 AND position < $2 ORDER BY position',
      [from, to],
    );
    return rows.map(({ leaf }) => leaf);
  }

  async node(level: number, at: number): Promise<Hash> {
    const query = 'SELECT hash FROM nodes WHERE level = $1 AND at = $2';
    const { rows } = await this.#pool.query<{ hash: Buffer }>(query, [level, at]);
    return rows[0]?.hash ?? Buffer.alloc(0);
  }

  async ledger(from: number, limit: number): Promise<LedgerRow[]> {
    const { rows } = await this.#pool.query<HistoryRow>(
      'SELECT * FROM history WHERE position >= $1 ORDER BY position LIMIT $2',
      [from, limit],
    );
    return rows.map((row) => ({ ...toRow(row), features: row.features }));
  }

  async holds(leaf: Hash): Promise<boolean> {
    const { rowCount } = await this.#pool.query('SELECT 1 FROM history WHERE leaf = $1 LIMIT 1', [leaf]);
    return rowCount === 1;
  }

  async roots(): Promise<SignedRoot[]> {
    const { rows } = await this.#pool.query<RootRow>('SELECT * FROM roots ORDER BY size');
    return rows.map(toRoot);
  }

  async addRoot({ size, at, root, signature }: SignedRoot): Promise<void> {
    await this.#pool.query('INSERT INTO roots VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
      size,
      at,
      root,
      signature,
    ]);
  }

  async lastRoot(): Promise<SignedRoot | undefined> {
    const { rows } = await this.#pool.query<RootRow>('SELECT * FROM roots ORDER BY size DESC LIMIT 1');
    return rows.length === 0 ? undefined : toRoot(rows[0]);
  }

  async forget(before: number): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `UPDATE history SET features = NULL WHERE position IN (
         SELECT position FROM history WHERE received < $1 AND features IS NOT NULL ORDER BY position LIMIT 2000)`,
      [before],
    );
    return rowCount ?? 0;
  }

  async close(): Promise<void> {
    await this.#writer.end();
    await this.#pool.end();
  }
}

/** Appends what is new, in one round trip for keys, one for rows and one for nodes. */
async function append(
  client: pg.PoolClient,
  frontier: Frontier,
  arrivals: readonly Arrival[],
): Promise<Outcome[]> {
  const known = new Map<string, Hash>();
  const keyOf = (thing: string, t: number | string, seq: number | string) => `${t} ${seq} ${thing}`;
  const { rows } = await client.query<HistoryRow>(
    `SELECT thing, t, seq, leaf FROM history JOIN unnest($1::text[], $2::bigint[], $3::bigint[])
     AS new (thing, t, seq) USING (thing, t, seq)`,
    columns(
      arrivals.map(({ update: { thing, t, seq } }) => [thing, t, seq]),
      3,
    ),
  );
  for (const { thing, t, seq, leaf } of rows) known.set(keyOf(thing, t, seq), leaf);
  const fresh: unknown[][] = [];
  const nodes: TreeNode[] = [];
  const outcomes = arrivals.map(({ update, received, leaf }): Outcome => {
    const { thing, t, seq, features } = update;
    const key = keyOf(thing, t, seq);
    const before = known.get(key);
    if (before !== undefined) return { kind: before.equals(leaf) ? 'duplicate' : 'conflict' };
    known.set(key, leaf);
    const position = frontier.size;
    frontier.append(leaf, (node) => nodes.push(node));
    fresh.push([position, thing, t, seq, received, JSON.stringify(features), leaf]);
    return { kind: 'stored', position };
  });
  if (fresh.length > 0) {
    await client.query(
      `INSERT INTO history SELECT * FROM unnest(
         $1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bytea[])`,
      columns(fresh, 7),
    );
  }
  if (nodes.length > 0) {
    await client.query(
      'INSERT INTO nodes SELECT * FROM unnest($1::int[], $2::bigint[], $3::bytea[]) ON CONFLICT DO NOTHING',
      columns(
        nodes.map(({ level, at, hash }) => [level, at, hash]),
        3,
      ),
    );
  }
  return outcomes;
}

const columns = (rows: readonly (readonly unknown[])[], count: number) =>
  Array.from({ length: count }, (_, column) => rows.map((row) => row[column]));

const toPoint = ({ t, seq, received, value }: Record<keyof Point, string>): Point => ({
  t: Number(t),
  seq: Number(seq),
  received: Number(received),
  value: value,
});

function toRow({ position, thing, t, seq, received, features, leaf }: HistoryRow): Row {
  return {
    position: Number(position),
    thing,
    t: Number(t),
    seq: Number(seq),
    received: Number(received),
    features: features === null ? {} : (JSON.parse(features) as Features),
    leaf,
  };
}
