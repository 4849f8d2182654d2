import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { POLICIES_FILE } from './access/policies.js';
import { TOKENS_FILE } from './access/tokens.js';
import { PRIVATE_KEY_FILE, PUBLIC_KEY_FILE } from './ledger/index.js';
import { CLIENT_ID_FILE } from './run.js';
import { DATABASE_FILE, SqliteStore } from './store/sqlite.js';

/**
 * Copies the folder of a live sub-metaverse, also while it runs: history, twins and ledger of one moment, keys, tokens, policies. The copy
 * is a folder like it: `metalore live --dir` goes on from there.
 *
 * @param to an empty folder
 */
export async function backUp(dir: string, to: string): Promise<void> {
  const store = await SqliteStore.open(dir, { toCheck: true });
  try {
    store.copyTo(path.join(to, DATABASE_FILE));
  } finally {
    await store.close();
  }
  for (const name of [PRIVATE_KEY_FILE, PUBLIC_KEY_FILE, TOKENS_FILE, POLICIES_FILE, CLIENT_ID_FILE]) {
    if (existsSync(path.join(dir, name))) copyFileSync(path.join(dir, name), path.join(to, name));
  }
}
