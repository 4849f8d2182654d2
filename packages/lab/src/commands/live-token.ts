import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { InvalidInputError } from '@metalore/core/errors';
import type { Role } from '@metalore/live';
import type { Command } from 'commander';
import { loadLive } from '../live/load-live.js';
import { note, print, printJson, renderTable } from '../terminal/output.js';
import { numberOption } from './options.js';

interface FolderOptions {
  dir: string;
  json?: true;
}

interface CreateOptions extends FolderOptions {
  role: string;
  things: string;
  days?: string;
}

interface AuditOptions extends FolderOptions {
  store: string;
  limit: string;
}

/** `metalore live token` and `live audit`: who may do what, and who did. */
export function registerLiveAccess(live: Command): void {
  const token = live.command('token').description('Tokens: who may do what in a live sub-metaverse');
  token
    .command('create')
    .description('Make a token; it is shown once. With the first one nobody is let in without')
    .requiredOption('--role <role>', 'viewer, device, operator or admin')
    .option('--things <pattern>', 'things and UEs that are a device’s own, as plant:*', '*')
    .option('--days <n>', 'how long it is good; for ever without it')
    .option('--dir <dir>', 'folder of metalore live', 'live')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  metalore live token create --role device --things 'plant:*' --days 90
  mosquitto_pub -u device -P metalore_… -q 1 -t things/plant:pump-1/state -m …
  curl -H 'Authorization: Bearer metalore_…' localhost:8080/api/2/things`,
    )
    .action(create);
  token
    .command('list')
    .description('Tokens that there are, without the tokens')
    .option('--dir <dir>', 'folder of metalore live', 'live')
    .option('--json', 'print one JSON list')
    .action(list);
  token
    .command('revoke')
    .description('End a token; a running server knows within a second')
    .argument('<id>', 'as in token list')
    .option('--dir <dir>', 'folder of metalore live', 'live')
    .action(revoke);
  live
    .command('audit')
    .description('Who did what, from where and when, and what was denied; from the ledger')
    .option('--dir <dir>', 'folder of metalore live', 'live')
    .option('--store <store>', 'sqlite, in the folder, or postgres://…', 'sqlite')
    .option('--limit <n>', 'how many of the newest', '100')
    .option('--json', 'print one JSON list')
    .action(audit);
}

async function create({ role, things, days, dir, json }: CreateOptions): Promise<void> {
  const { createToken, ROLES } = await loadLive();
  if (!(ROLES as readonly string[]).includes(role)) {
    const message = `"${role}"; accepted: ${ROLES.join(', ')}`;
    throw new InvalidInputError('option', [{ path: '--role', message }]);
  }
  const request = { role: role as Role, things, days: numberOption('--days', days, 0) };
  mkdirSync(dir, { recursive: true });
  const secret = createToken(dir, request, Date.now());
  if (json) printJson({ token: secret });
  else {
    print(secret);
    note('Keep it: only its hash is stored.');
  }
}

async function list({ dir, json }: FolderOptions): Promise<void> {
  const { readTokens } = await loadLive();
  const tokens = readTokens(dir).map(({ hash: _hash, ...token }) => token);
  if (json) return printJson(tokens);
  const date = (t: number | null) => (t === null ? 'never' : new Date(t).toISOString().slice(0, 16));
  print(
    renderTable(
      ['id', 'role', 'things', 'made', 'ends'],
      tokens.map(({ id, role, things, created, expires }) => [
        id,
        role,
        things,
        date(created),
        date(expires),
      ]),
    ),
  );
}

async function revoke(id: string, { dir }: FolderOptions): Promise<void> {
  (await loadLive()).revokeToken(dir, id);
}

async function audit({ dir, store: name, limit, json }: AuditOptions): Promise<void> {
  const { DATABASE_FILE, openStore, readAudit } = await loadLive();
  if (name === 'sqlite' && !existsSync(path.join(dir, DATABASE_FILE))) {
    throw new InvalidInputError('ledger', [{ path: dir, message: `has no ${DATABASE_FILE}` }]);
  }
  const store = await openStore(name, dir, note, { toCheck: true });
  const entries = await readAudit(store, numberOption('--limit', limit, 1)!).finally(() => store.close());
  if (json) return printJson(entries);
  print(
    renderTable(
      ['when', 'who', 'from', 'what', 'allowed'],
      entries.map(({ t, who, from, what, allowed }) => [
        new Date(t).toISOString(),
        who,
        from,
        what,
        allowed ? 'yes' : 'NO',
      ]),
    ),
  );
}
