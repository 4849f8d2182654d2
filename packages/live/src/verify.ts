import { Frontier, isSignedBy, leafHash, type Hash, type TreeNode } from './ledger/index.js';
import type { Features } from './message/update.js';
import type { LedgerRow, Store } from './store/store.js';

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

/** Something that is wrong in a ledger. */
export interface Fault {
  readonly kind: 'changed' | 'missing' | 'moved' | 'root' | 'signature';
  /** Place of the row in the ledger, or size of the tree whose root is wrong. */
  readonly position: number;
  readonly message: string;
}

/** Rows that are read at once. */
const PAGE = 5000;

/**
 * Checks a ledger from its rows: every row against its hash, their number and order against the stored nodes and the signed
 * roots, and these against the key.
 *
 * @param key PEM of the public key; without it signatures are not checked
 * @param onProgress told of the rows that were checked
 */
export async function verifyLedger(
  store: Store,
  key: string | undefined,
  onProgress?: (rows: number) => void,
): Promise<Verdict> {
  const roots = await store.roots();
  const frontier = new Frontier();
  let forgotten = 0;
  let fault: Fault | undefined;
  let nextRoot = 0;
  let pages = true;
  while (pages && fault === undefined) {
    const rows = await store.ledger(frontier.size, PAGE);
    pages = rows.length > 0;
    for (const row of rows) {
      fault = await rowFault(store, row, frontier.size);
      if (fault !== undefined) break;
      if (row.features === null) forgotten++;
      const completed: TreeNode[] = [];
      frontier.append(row.leaf, (node) => completed.push(node));
      for (const node of completed) fault ??= await nodeFault(store, node);
      for (; roots[nextRoot]?.size === frontier.size; nextRoot++) fault ??= rootFault(nextRoot);
      if (fault !== undefined) break;
    }
    onProgress?.(frontier.size);
  }
  const signed = roots.at(-1)?.size ?? 0;
  if (fault === undefined && signed > frontier.size) {
    const message = `rows ${frontier.size} to ${signed - 1}, which were signed, are missing`;
    fault = { kind: 'missing', position: frontier.size, message };
  }
  const root = frontier.root().toString('hex');
  return { rows: frontier.size, forgotten, roots: roots.length, signed, root, fault };

  function rootFault(at: number): Fault | undefined {
    const { size, root: signedRoot, at: time } = roots[at];
    if (key !== undefined && !isSignedBy(key, roots[at])) {
      const message = `the root over ${size} rows is not signed by this key`;
      return { kind: 'signature', position: size, message };
    }
    if (frontier.root().equals(signedRoot)) return undefined;
    const since = at === 0 ? 0 : roots[at - 1].size;
    const message = `a row from ${since} to ${size - 1} is not what was signed at ${new Date(time).toISOString()}`;
    return { kind: 'root', position: since, message };
  }
}

async function rowFault(store: Store, row: LedgerRow, expected: number): Promise<Fault | undefined> {
  const { position, thing, t, seq, leaf } = row;
  if (position !== expected) {
    const missing = position - expected;
    const message =
      missing === 1 ? `row ${expected} is missing` : `rows ${expected} to ${position - 1} are missing`;
    return { kind: 'missing', position: expected, message };
  }
  if (row.features === null) return undefined;
  const hash = hashOf(row);
  if (hash?.equals(leaf)) return undefined;
  const kind = hash !== undefined && (await store.holds(hash)) ? 'moved' : 'changed';
  return { kind, position, message: `row ${position} (${thing}, t ${t}, seq ${seq}) was ${kind}` };
}

/** The hash of what a row says; undefined if it says nothing that can be read. */
function hashOf({ thing, t, seq, features }: LedgerRow): Hash | undefined {
  try {
    return leafHash({ thing, t, seq, features: JSON.parse(features!) as Features });
  } catch {
    return undefined;
  }
}

async function nodeFault(store: Store, { level, at, hash }: TreeNode): Promise<Fault | undefined> {
  if (hash.equals(await store.node(level, at))) return undefined;
  const from = at * 2 ** level;
  const message = `a row from ${from} to ${from + 2 ** level - 1}, and its hash with it, was changed or moved`;
  return { kind: 'changed', position: from, message };
}
