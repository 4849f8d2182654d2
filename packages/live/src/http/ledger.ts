import { z } from 'zod';
import { consistencyPath, rootAt } from '../ledger/index.js';
import { readAudit } from '../service/audit-log.js';
import type { Live } from '../service/live.js';
import { HttpProblem } from './problem.js';
import { route, type Route } from './route.js';

const count = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const hex = z.string().regex(/^[0-9a-f]*$/);

const rootSchema = z.object({ size: z.int(), at: z.int(), root: hex, signature: hex });

const auditSchema = z.object({
  t: z.int(),
  seq: z.int(),
  who: z.string(),
  what: z.string(),
  from: z.string(),
  allowed: z.boolean(),
  omitted: z.int().optional().describe('denials before this one that were too many to write'),
});

/** The ledger's roots, that it only grew, and who did what. */
export function ledgerRoutes(live: Live): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/live/ledger/root',
      need: 'read',
      summary: 'The newest signed root',
      answers: { 200: rootSchema },
      errors: [404],
      handle: async () => {
        await live.keeper.signRoot();
        const root = await live.store.lastRoot();
        if (root === undefined) {
          throw new HttpProblem(404, 'ledger:root.notfound', 'The ledger is empty.', 'Send an update first.');
        }
        const { size, at, root: hash, signature } = root;
        return { body: { size, at, root: hash.toString('hex'), signature: signature.toString('hex') } };
      },
    }),
    route({
      method: 'get',
      path: '/api/live/ledger/consistency',
      need: 'read',
      summary: 'That the ledger of second entries begins with that of first (RFC 9162)',
      errors: [404],
      query: z.object({ first: count, second: count.optional() }),
      answers: {
        200: z.object({
          first: z.int(),
          second: z.int(),
          firstRoot: hex,
          secondRoot: hex,
          path: z.array(hex),
        }),
      },
      handle: async ({ query: { first, second = live.store.size } }) => {
        if (first > second || second > live.store.size) {
          const message = `first ${first}, second ${second}: expected first <= second <= ${live.store.size}`;
          throw new HttpProblem(404, 'ledger:tree.notfound', message, 'Ask for trees that were there.');
        }
        const [path, firstRoot, secondRoot] = await Promise.all([
          consistencyPath(live.store, first, second),
          rootAt(live.store, first),
          rootAt(live.store, second),
        ]);
        return {
          body: {
            first,
            second,
            firstRoot: firstRoot.toString('hex'),
            secondRoot: secondRoot.toString('hex'),
            path: path.map((hash) => hash.toString('hex')),
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/live/audit',
      need: 'administer',
      summary: 'Who did what, newest last',
      query: z.object({ limit: z.coerce.number().int().min(1).max(10_000).default(100) }),
      answers: { 200: z.array(auditSchema) },
      handle: async ({ query: { limit } }) => ({ body: await readAudit(live.store, limit) }),
    }),
  ];
}
