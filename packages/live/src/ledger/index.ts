export { canonicalJson, EMPTY_ROOT, leafHash, nodeHash, type Hash, type LedgerEntry } from './hash.js';
export { Frontier, STORED_LEVEL, type TreeNode } from './frontier.js';
export { consistencyPath, inclusionPath, readFrontier, rootAt, type TreeSource } from './tree.js';
export { provesConsistency, provesInclusion } from './check.js';
export { isSignedBy, PRIVATE_KEY_FILE, PUBLIC_KEY_FILE, Signer, type SignedRoot } from './signer.js';
