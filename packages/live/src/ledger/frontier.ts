import { EMPTY_ROOT, nodeHash, type Hash } from './hash.js';

/** A complete subtree: of the leaves `at · 2^level` to `(at + 1) · 2^level − 1`. */
export interface TreeNode {
  readonly level: number;
  readonly at: number;
  readonly hash: Hash;
}

/** Lowest level whose nodes are stored; what lies below is computed from at most 2^8 leaves when it is asked for. */
export const STORED_LEVEL = 8;

/**
 * The growing edge of a Merkle tree (RFC 9162, section 2.1): the roots of its complete subtrees, largest first. Appending
 * costs one hash on average, and memory that grows with the logarithm of the size.
 */
export class Frontier {
  #peaks: TreeNode[];

  /** @param peaks complete subtrees of a tree of `size` leaves, largest first, as {@link peaksOf} names them */
  constructor(
    public size = 0,
    peaks: readonly TreeNode[] = [],
  ) {
    this.#peaks = [...peaks];
  }

  /** Appends a leaf. @param onNode told of every subtree from {@link STORED_LEVEL} on that it completes */
  append(leaf: Hash, onNode?: (node: TreeNode) => void): void {
    let node: TreeNode = { level: 0, at: this.size++, hash: leaf };
    for (;;) {
      if (node.level >= STORED_LEVEL) onNode?.(node);
      const left = this.#peaks.at(-1);
      if (left?.level !== node.level) break;
      this.#peaks.pop();
      node = { level: node.level + 1, at: node.at >> 1, hash: nodeHash(left.hash, node.hash) };
    }
    this.#peaks.push(node);
  }

  /** The root over all leaves so far (RFC 9162, section 2.1.1). */
  root(): Hash {
    if (this.#peaks.length === 0) return EMPTY_ROOT;
    return this.#peaks.map(({ hash }) => hash).reduceRight((right, left) => nodeHash(left, right));
  }

  copy(): Frontier {
    return new Frontier(this.size, this.#peaks);
  }
}

/** The complete subtrees that a tree of `size` leaves consists of, largest first. */
export function peaksOf(size: number): { level: number; at: number }[] {
  const peaks = [];
  for (let level = Math.floor(Math.log2(Math.max(1, size))), from = 0; level >= 0; level--) {
    const width = 2 ** level;
    if (size - from < width) continue;
    peaks.push({ level, at: from / width });
    from += width;
  }
  return peaks;
}
