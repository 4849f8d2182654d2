import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** SHA-256 digests, 32 bytes. */
export type Hash = Buffer;

/** What the ledger holds of an update. Times in ms since 1970. */
export interface LedgerEntry {
  readonly thing: string;
  /** When it was measured. */
  readonly t: number;
  readonly seq: number;
  /** Values by feature and property. */
  readonly features: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** The canonical JSON of a value (RFC 8785). @throws InternalError-free: every accepted value has one */
export function canonicalJson(value: unknown): string {
  return canonicalize(value) as string;
}

/** HASH(0x00 || entry): RFC 9162, section 2.1.1, over the entry's canonical JSON. */
export function leafHash({ thing, t, seq, features }: LedgerEntry): Hash {
  return createHash('sha256').update(LEAF).update(canonicalJson({ thing, t, seq, features })).digest();
}

/** HASH(0x01 || left || right): RFC 9162, section 2.1.1. */
export function nodeHash(left: Hash, right: Hash): Hash {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** The hash of an empty tree: RFC 9162, section 2.1.1. */
export const EMPTY_ROOT: Hash = createHash('sha256').digest();
