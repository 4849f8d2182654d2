import { z } from 'zod';
import { consistencyPath, rootAt } from '../ledger/index.js';
import { InvalidInputError, UnknownNameError } from '@metalore/core/errors';
import { parsePolicy, type Policy } from '@metalore/core/policy';
import type { Json } from '../message/bounded-json.js';
import { ROLES, type Caller } from '../access/roles.js';
import { readAudit } from '../service/audit-log.js';
import { thingsThen } from '../service/then.js';
import { Frames } from '../service/frames.js';
import type { Live } from '../service/live.js';
import { analysesRoute } from './analyses.js';
import { metricsRoute } from './metrics.js';
import { HttpProblem } from './problem.js';
import { route, type Route } from './route.js';
import { streamFrames } from './stream.js';

const count = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const hex = z.string().regex(/^[0-9a-f]*$/);

const alarmSchema = z.object({
  rule: z.string(),
  kind: z.enum(['value', 'age', 'silence', 'anomaly']),
  thing: z.string(),
  feature: z.string(),
  property: z.string(),
  raisedAt: z.int(),
  clearedAt: z.int().nullable(),
  level: z.number(),
});

const auditSchema = z.object({
  t: z.int(),
  seq: z.int(),
  who: z.string(),
  what: z.string(),
  from: z.string(),
  allowed: z.boolean(),
  omitted: z.int().optional().describe('denials before this one that were too many to write'),
});

const steeringSchema = z.object({ policy: z.string(), by: z.string(), since: z.int() });

const shownSchema = z.object({
  id: z.string(),
  t: z.int().nullable(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  features: z.record(z.string(), z.unknown()),
});

const rootSchema = z.object({ size: z.int(), at: z.int(), root: hex, signature: hex });

/** How the sub-metaverse does: counts, queues, alarms, the ledger's roots. */
export function serviceRoutes(live: Live): Route[] {
  const frames = new Frames(live);
  const steering = () => {
    if (live.steering !== undefined) return live.steering;
    const message = 'There is no cell: it was started without a scenario.';
    throw new HttpProblem(404, 'live:cell.notfound', message, 'Start metalore live with a scenario.');
  };
  return [
    route({
      method: 'get',
      path: '/api/live/counts',
      need: 'read',
      summary: 'What came in, what was refused and why, what waits',
      answers: {
        200: z.object({
          accepted: z.int(),
          duplicates: z.int(),
          dropped: z.int().describe('properties that may not be kept'),
          requests: z.int(),
          replies: z.int(),
          refused: z.record(z.string(), z.int()),
          things: z.int(),
          history: z.int(),
          denied: z.int(),
          queues: z.record(z.string(), z.int()),
          splits: z.object({ rhoC: z.number(), rhoP: z.number() }).nullable(),
          ages: z.object({ aosiS: z.number().nullable(), aoriS: z.number().nullable() }),
        }),
      },
      handle: () => ({
        body: {
          ...live.counts.toJSON(),
          things: live.twins.size,
          history: live.store.size,
          denied: live.audit.denied,
          queues: live.queues,
          splits: live.splits ?? null,
          ages: live.desk.recentAges,
        },
      }),
    }),
    route({
      method: 'get',
      path: '/api/live/alarms',
      need: 'read',
      summary: 'Alarms that are raised, and with all=true those that were cleared',
      query: z.object({ all: z.enum(['true', 'false']).default('false') }),
      answers: { 200: z.array(alarmSchema) },
      handle: ({ query: { all } }) => {
        const { active, cleared } = live.alarms;
        return { body: all === 'true' ? [...cleared, ...active] : [...active] };
      },
    }),
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
      path: '/api/live/caller',
      need: 'read',
      summary: 'Who asks, and what may be done',
      answers: { 200: z.object({ name: z.string(), role: z.enum(ROLES), things: z.string() }) },
      handle: ({ context }) => ({ body: context.get('caller' as never) }),
    }),
    route({
      method: 'get',
      path: '/api/live/policy',
      need: 'read',
      summary: 'What splits bandwidth and compute, and who chose it',
      errors: [404],
      answers: { 200: steeringSchema },
      handle: () => ({ body: steering() }),
    }),
    route({
      method: 'put',
      path: '/api/live/policy',
      need: 'operate',
      summary: 'Lets a rule split from now on',
      errors: [404],
      body: z.object({ policy: z.string().describe('a rule, as fixed:0.3,0.4 or age-aware') }),
      answers: { 200: steeringSchema },
      handle: ({ body, context }) => {
        steering();
        live.steer(parseRule(body), (context.get('caller' as never) as Caller).name);
        return { body: steering() };
      },
    }),
    route({
      method: 'delete',
      path: '/api/live/policy',
      need: 'operate',
      summary: 'Back to the policy that it was started with',
      errors: [404],
      answers: { 200: steeringSchema },
      handle: () => {
        steering();
        live.steer(undefined, '');
        return { body: steering() };
      },
    }),
    route({
      method: 'get',
      path: '/api/live/then',
      need: 'read',
      summary:
        'All things as they were known at a time (by received time), or as they were (by measured time)',
      query: z.object({
        t: z.coerce.number().int().min(0),
        show: z.enum(['known', 'true']).default('known'),
      }),
      answers: { 200: z.object({ t: z.int(), things: z.array(shownSchema) }) },
      handle: async ({ query: { t, show } }) => ({ body: { t, things: await thingsThen(live, t, show) } }),
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
    route({
      method: 'get',
      path: '/api/live/stream',
      need: 'read',
      summary: 'All things and what changes, at most ten frames a second (server-sent events)',
      answers: { 200: z.string() },
      handle: ({ context }) => streamFrames(frames, context),
    }),
    analysesRoute(live),
    metricsRoute(live, frames),
    route({
      method: 'get',
      path: '/health',
      need: 'nothing',
      summary: 'Whether the process lives',
      answers: { 200: z.object({ status: z.literal('UP') }) },
      handle: () => ({ body: { status: 'UP' } }),
    }),
    route({
      method: 'get',
      path: '/ready',
      need: 'nothing',
      summary: 'Whether store and broker can be reached',
      answers: { 200: z.object({ status: z.literal('UP') }) },
      errors: [503],
      handle: () => {
        if (!live.isReady) {
          throw new HttpProblem(503, 'live.notready', 'The broker cannot be reached.', 'It is tried again.');
        }
        return { body: { status: 'UP' } };
      },
    }),
  ];
}

/** @throws HttpProblem it is no rule */
function parseRule(body: Json): Policy {
  const { policy } = (body ?? {}) as { policy?: unknown };
  try {
    if (typeof policy === 'string') return parsePolicy(policy);
  } catch (error) {
    if (!(error instanceof InvalidInputError || error instanceof UnknownNameError)) throw error;
    throw new HttpProblem(400, 'live:policy.invalid', error.message, 'Give a rule, as fixed:0.3,0.4.');
  }
  throw new HttpProblem(
    400,
    'live:policy.invalid',
    'policy: expected text.',
    'Give a rule, as fixed:0.3,0.4.',
  );
}
