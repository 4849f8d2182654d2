import { Frontier, STORED_LEVEL, peaksOf, type TreeNode } from './frontier.js';
import { nodeHash, type Hash } from './hash.js';

/** Where a tree's hashes are kept. */
export interface TreeSource {
  /** Hashes of the leaves `from` to `to` − 1, in order. */
  leaves(from: number, to: number): Promise<Hash[]>;
  /** The hash of a complete subtree of {@link STORED_LEVEL} or above; empty if it is not there. */
  node(level: number, at: number): Promise<Hash>;
}

/** The hash of a complete subtree. */
export async function subtree(source: TreeSource, level: number, at: number): Promise<Hash> {
  if (level >= STORED_LEVEL) return source.node(level, at);
  const width = 2 ** level;
  let hashes = await source.leaves(at * width, (at + 1) * width);
  while (hashes.length > 1) {
    const pairs: Hash[] = [];
    for (let i = 0; i < hashes.length; i += 2) pairs.push(nodeHash(hashes[i], hashes[i + 1]));
    hashes = pairs;
  }
  return hashes[0];
}

/** The edge of the tree over the first `size` leaves, read from where it is kept. */
export async function readFrontier(source: TreeSource, size: number): Promise<Frontier> {
  const peaks: TreeNode[] = [];
  if (size > 0) {
    for (const { level, at } of peaksOf(size))
      peaks.push({ level, at, hash: await subtree(source, level, at) });
  }
  return new Frontier(size, peaks);
}

/** MTH(D[from:to]) (RFC 9162, section 2.1.1); `from` is a multiple of the width of the subtree. */
async function range(source: TreeSource, from: number, to: number): Promise<Hash> {
  const count = to - from;
  const level = Math.log2(count);
  if (Number.isInteger(level)) return subtree(source, level, from / count);
  const split = splitOf(count);
  return nodeHash(await range(source, from, from + split), await range(source, from + split, to));
}

/** The largest power of two below `count`. */
function splitOf(count: number): number {
  return 2 ** Math.ceil(Math.log2(count) - 1);
}

/** The root over the first `size` leaves. */
export function rootAt(source: TreeSource, size: number): Promise<Hash> {
  return readFrontier(source, size).then((frontier) => frontier.root());
}

/** PATH(index, D[0:size]) (RFC 9162, section 2.1.3.1): proves that a leaf is in the tree. */
export async function inclusionPath(source: TreeSource, index: number, size: number): Promise<Hash[]> {
  const path: Hash[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      path.push(await range(source, middle, to));
      to = middle;
    } else {
      path.push(await range(source, from, middle));
      from = middle;
    }
  }
  return path.reverse();
}

/** PROOF(first, D[0:second]) (RFC 9162, section 2.1.4.1): proves that a tree only grew. @param first 1 … second */
export async function consistencyPath(source: TreeSource, first: number, second: number): Promise<Hash[]> {
  const path: Hash[] = [];
  let from = 0;
  let to = second;
  let whole = true;
  while (first !== to) {
    const middle = from + splitOf(to - from);
    if (first <= middle) {
      path.push(await range(source, middle, to));
      to = middle;
    } else {
      path.push(await range(source, from, middle));
      from = middle;
      whole = false;
    }
  }
  if (!whole) path.push(await range(source, from, to));
  return path.reverse();
}
