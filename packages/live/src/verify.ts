import { InvalidInputError } from '@metalore/core/errors';
import Database from 'libsql';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  Frontier,
  isSignedBy,
  leafHash,
  PUBLIC_KEY_FILE,
  type Hash,
  type SignedRoot,
} from './ledger/index.js';
import type { Features } from './message/update.js';
import { DATABASE_FILE } from './store/sqlite.js';

/** What a check of a ledger found. */
export interface Verdict {
  /** Rows of history. */
  readonly rows: number;
  /** Rows whose values were forgotten, so that only their hash is checked. */
  readonly forgotten: number;
  readonly roots: number;
  /** Rows that the newest signed root covers. */
  readonly signed: number;
  /** Hash of the whole, hex. */
  readonly root: string;
  /** The first thing that is wrong; undefined if nothing is. */
  readonly fault: Fault | undefined;
}

export interface Fault {
  readonly kind: 'changed' | 'missing' | 'moved' | 'root' | 'signature';
  /** Place of the row in the ledger, or size of the tree whose root is wrong. */
  readonly position: number;
  readonly message: string;
}

interface HistoryRow {
  position: number;
  thing: string;
  t: number;
  seq: number;
  features: string | null;
  leaf: ArrayBuffer;
}

const PROGRESS_ROWS = 10_000;

/**
 * Checks the ledger of a folder from its rows: every row against its hash, their number and order against the stored nodes
 * and the signed roots, and these against the key.
 *
 * @param publicKey PEM; the key of the folder without it
 * @throws InvalidInputError the folder holds no ledger
 */
export function verifyLedger(
  dir: string,
  publicKey?: string,
  onProgress?: (rows: number, total: number) => void,
): Verdict {
  const file = path.join(dir, DATABASE_FILE);
  if (!existsSync(file)) {
    throw new InvalidInputError('ledger', [{ path: dir, message: `has no ${DATABASE_FILE}` }]);
  }
  const keyFile = path.join(dir, PUBLIC_KEY_FILE);
  const key = publicKey ?? (existsSync(keyFile) ? readFileSync(keyFile, 'utf8') : undefined);
  const db = new Database(file, { readonly: true });
  try {
    return check(db, key, onProgress);
  } finally {
    db.close();
  }
}

function check(
  db: Database.Database,
  key: string | undefined,
  onProgress: ((rows: number, total: number) => void) | undefined,
): Verdict {
  const roots = readRoots(db);
  const nodes = db.prepare('SELECT hash FROM nodes WHERE level = ? AND at = ?');
  const frontier = new Frontier();
  const found: { fault?: Fault } = {};
  const fail = (kind: Fault['kind'], position: number, message: string) => {
    found.fault ??= { kind, position, message };
  };
  let forgotten = 0;
  let nextRoot = 0;
  const checkRoots = () => {
    for (; nextRoot < roots.length && roots[nextRoot].size <= frontier.size; nextRoot++) {
      const root = roots[nextRoot];
      if (root.size !== frontier.size) continue;
      if (key !== undefined && !isSignedBy(key, root)) {
        fail('signature', root.size, `the root over ${root.size} rows is not signed by this key`);
      } else if (!frontier.root().equals(root.root)) {
        const since = nextRoot === 0 ? 0 : roots[nextRoot - 1].size;
        const where = `a row from ${since} to ${root.size - 1} is not what was signed`;
        fail('root', since, `${where} at ${new Date(root.at).toISOString()}`);
      }
    }
  };
  const { total } = db.prepare('SELECT count(*) AS total FROM history').get() as { total: number };
  const rows = db.prepare('SELECT position, thing, t, seq, features, leaf FROM history ORDER BY position');
  for (const row of rows.iterate() as IterableIterator<HistoryRow>) {
    const position = frontier.size;
    if (row.position !== position) {
      const missing = row.position - position;
      fail('missing', position, `${missing === 1 ? 'row' : `${missing} rows from`} ${position} on missing`);
      break;
    }
    const leaf = Buffer.from(row.leaf);
    if (row.features === null) forgotten++;
    else if (!leafOf(row)?.equals(leaf)) {
      const moved = isElsewhere(db, row);
      fail(
        moved ? 'moved' : 'changed',
        position,
        `row ${position} (${row.thing}, t ${row.t}, seq ${row.seq}) was ${moved ? 'moved' : 'changed'}`,
      );
      break;
    }
    frontier.append(leaf, ({ level, at, hash }) => {
      const stored = nodes.get(level, at) as { hash: ArrayBuffer } | undefined;
      if (stored !== undefined && Buffer.from(stored.hash).equals(hash)) return;
      const from = at * 2 ** level;
      fail(
        'changed',
        from,
        `a row from ${from} to ${from + 2 ** level - 1}, and its hash, were changed or moved`,
      );
    });
    if (found.fault !== undefined) break;
    checkRoots();
    if (frontier.size % PROGRESS_ROWS === 0) onProgress?.(frontier.size, total);
  }
  const signed = roots.at(-1)?.size ?? 0;
  if (signed > frontier.size) {
    fail('missing', frontier.size, `rows ${frontier.size} to ${signed - 1}, which were signed, are missing`);
  }
  return {
    rows: frontier.size,
    forgotten,
    roots: roots.length,
    signed,
    root: frontier.root().toString('hex'),
    fault: found.fault,
  };
}

function readRoots(db: Database.Database): SignedRoot[] {
  const rows = db.prepare('SELECT * FROM roots ORDER BY size').all() as {
    size: number;
    at: number;
    root: ArrayBuffer;
    signature: ArrayBuffer;
  }[];
  return rows.map((row) => ({ ...row, root: Buffer.from(row.root), signature: Buffer.from(row.signature) }));
}

/** The hash of what a row says; undefined if it says nothing that can be read. */
function leafOf({ thing, t, seq, features }: HistoryRow): Hash | undefined {
  try {
    return leafHash({ thing, t, seq, features: JSON.parse(features!) as Features });
  } catch {
    return undefined;
  }
}

/** Whether the row's contents carry the hash of another place: rows changed places. */
function isElsewhere(db: Database.Database, row: HistoryRow): boolean {
  const leaf = leafOf(row);
  return leaf !== undefined && db.prepare('SELECT 1 FROM history WHERE leaf = ?').get(leaf) !== undefined;
}
