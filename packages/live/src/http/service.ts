import { z } from 'zod';
import type { Gate } from '../access/gate.js';
import { ROLES } from '../access/roles.js';
import { thingsThen } from '../service/then.js';
import { Frames, maySee } from '../service/frames.js';
import type { Live } from '../service/live.js';
import type { Writer } from '../service/writer.js';
import { analysesRoute } from './analyses.js';
import { metricsRoute } from './metrics.js';
import { HttpProblem } from './problem.js';
import { route, type Route } from './route.js';
import { streamFrames } from './socket.js';

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

const shownSchema = z.object({
  id: z.string(),
  t: z.int().nullable(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  features: z.record(z.string(), z.unknown()),
});

/** How the sub-metaverse does: counts, queues, alarms, what pages are told. */
export function serviceRoutes(live: Live, writer: Writer, gate: Gate): Route[] {
  const frames = new Frames(live);
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
          splits: live.cell?.splits ?? null,
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
      handle: ({ query: { all }, rights }) => {
        const { active, cleared } = live.alarms;
        const alarms = all === 'true' ? [...cleared, ...active] : [...active];
        return { body: alarms.filter((alarm) => maySee(rights, alarm)) };
      },
    }),
    route({
      method: 'get',
      path: '/api/live/caller',
      need: 'read',
      summary: 'Who asks, and what may be done',
      answers: { 200: z.object({ name: z.string(), role: z.enum(ROLES), things: z.string() }) },
      handle: ({ context }) => ({ body: context.get('caller') }),
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
      handle: async ({ query: { t, show }, rights }) => {
        const things = await thingsThen(live, t, show);
        const readable = things.map((thing) => rights.view(thing.id).readable(thing));
        return { body: { t, things: readable.filter((thing) => thing !== undefined) } };
      },
    }),
    route({
      method: 'get',
      path: '/api/live/stream',
      need: 'read',
      summary: 'All things and what changes, at most ten frames a second: a WebSocket of MessagePack',
      answers: { 101: null },
      errors: [426],
      handle: ({ context, rights }) =>
        streamFrames(frames, context, gate.policies.concern(context.get('caller')) ? rights : undefined),
    }),
    analysesRoute(live, writer),
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
