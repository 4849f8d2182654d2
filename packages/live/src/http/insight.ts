import { z } from 'zod';
import { predictProperty, PREDICTORS } from '../analysis/predict.js';
import { inclusionPath, leafHash, rootAt } from '../ledger/index.js';
import type { Gate } from '../access/gate.js';
import type { Live } from '../service/live.js';
import { checkName } from '../message/names.js';
import { agesAt } from '../twin/age.js';
import { offsetMs } from '../twin/clock-offset.js';
import { HttpProblem, partNotFound, thingNotFound } from './problem.js';
import { route, type Route } from './route.js';
import { jsonSchema } from './schemas.js';
import { requireThing } from './things.js';
import { thingDescription } from './wot.js';

const THING = '/api/2/things/{thingId}';
const ms = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const hex = z.string().regex(/^[0-9a-f]*$/);

const agesSchema = z.object({
  now: z.int(),
  clockAheadMs: z.number().nullable(),
  features: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        measured: z.int(),
        seq: z.int(),
        received: z.int(),
        ageS: z.number(),
        meanAgeS: z.number(),
        peakAgeS: z.number(),
        maxAgeS: z.number(),
      }),
    ),
  ),
});

const pointsSchema = z.object({
  points: z.array(
    z.object({ t: z.int(), seq: z.int(), received: z.int(), value: jsonSchema, count: z.int().optional() }),
  ),
  next: z.string().nullable(),
});

const entrySchema = z.object({
  thing: z.string(),
  t: z.int(),
  seq: z.int(),
  features: z.record(z.string(), z.record(z.string(), jsonSchema)),
});
const proofSchema = z.object({
  entry: entrySchema.nullable(),
  leaf: hex,
  index: z.int(),
  size: z.int(),
  path: z.array(hex),
  root: hex,
});

/** What is known of a thing beside its values: ages, history, predictions, proofs, its Thing Description. */
export function insightRoutes(live: Live, gate: Gate): Route[] {
  return [
    route({
      method: 'get',
      path: `${THING}/ages`,
      need: 'read',
      summary: 'How old every property is, was on average, and was before it was refreshed',
      answers: { 200: agesSchema },
      errors: [404],
      handle: ({ params: { thingId } }) => {
        const thing = requireThing(live, thingId);
        const now = live.now();
        const features: Record<string, Record<string, unknown>> = {};
        for (const [feature, properties] of thing.registers) {
          features[feature] = Object.fromEntries(
            [...properties].map(([property, { t, seq, age }]) => [
              property,
              { measured: t, seq, received: age.delivered, ...agesAt(age, t, Math.max(now, age.delivered)) },
            ]),
          );
        }
        const clockAheadMs = offsetMs(thing.clock);
        return { body: { now, clockAheadMs: Number.isNaN(clockAheadMs) ? null : clockAheadMs, features } };
      },
    }),
    route({
      method: 'get',
      path: `${THING}/features/{featureId}/timeseries/{propertyId}`,
      need: 'read',
      summary: 'History of a property by (t, seq); with step, the mean of its numbers over every step ms',
      query: z.object({
        from: ms.default(0).describe('ms since 1970, included'),
        to: ms.default(Number.MAX_SAFE_INTEGER).describe('ms since 1970, included'),
        step: ms.min(1).optional().describe('ms; numbers alone'),
        limit: z.coerce.number().int().min(1).max(10_000).default(1000),
        cursor: z
          .string()
          .regex(/^\d{1,15}\.\d{1,15}$/)
          .optional()
          .describe('next of the page before'),
      }),
      answers: { 200: pointsSchema },
      errors: [404],
      handle: async ({ params: { thingId, featureId, propertyId }, query }) => {
        requireThing(live, thingId);
        checkName(featureId);
        checkName(propertyId);
        const { from, to, step, limit, cursor } = query;
        const [t, seq] = cursor?.split('.').map(Number) ?? [];
        const after = cursor === undefined ? undefined : { t, seq };
        if (step !== undefined) {
          const page = { from, to, after, limit: live.store.size };
          const points = await live.store.points(thingId, featureId, propertyId, page);
          const { bins, rest } = downsample(points, step, limit);
          const last = bins.at(-1);
          return {
            body: { points: bins, next: rest && last ? `${last.t + step - 1}.999999999999999` : null },
          };
        }
        const points = await live.store.points(thingId, featureId, propertyId, {
          from,
          to,
          after,
          limit: limit + 1,
        });
        const shown = points.slice(0, limit);
        const last = shown.at(-1);
        const more = points.length > limit && last !== undefined;
        return { body: { points: shown, next: more ? `${last.t}.${last.seq}` : null } };
      },
    }),
    route({
      method: 'get',
      path: `${THING}/predictions`,
      need: 'read',
      summary: 'What every numeric property is likely to be now, and how sure that is',
      query: z.object({
        at: ms.optional().describe('ms since 1970; now without it'),
        model: z
          .enum(PREDICTORS)
          .default('kalman')
          .describe('hold the last value, a line, or a Kalman filter'),
      }),
      answers: {
        200: z.object({
          at: z.int(),
          model: z.enum(PREDICTORS),
          features: z.record(
            z.string(),
            z.record(
              z.string(),
              z.object({ value: z.number(), sd: z.number().nullable(), ageS: z.number() }),
            ),
          ),
        }),
      },
      errors: [404],
      handle: async ({ params: { thingId }, query: { at = live.now(), model } }) => {
        const thing = requireThing(live, thingId);
        const features: Record<string, Record<string, unknown>> = {};
        for (const [feature, properties] of thing.registers) {
          for (const property of properties.keys()) {
            const points = await live.store.latest(thingId, feature, property, 64);
            const prediction = predictProperty(points, model, at);
            if (prediction !== undefined) (features[feature] ??= {})[property] = prediction;
          }
        }
        return { body: { at, model, features } };
      },
    }),
    route({
      method: 'get',
      path: `${THING}/proof`,
      need: 'read',
      summary: 'That an update stands in the ledger (RFC 9162): the newest, or the one of t and seq',
      query: z.object({
        t: ms.optional(),
        seq: ms.optional(),
        size: ms.min(1).optional().describe('of the tree to prove it in; as it is now without it'),
      }),
      answers: { 200: proofSchema },
      errors: [404],
      handle: async ({ params: { thingId }, query }) => {
        const row = await live.store.find(thingId, query);
        if (row === undefined) {
          if (live.twins.get(thingId) === undefined) throw thingNotFound(thingId);
          throw partNotFound('property', 'update');
        }
        const size = query.size ?? live.store.size;
        if (size > live.store.size || row.position >= size) {
          const message = `A ledger of ${size} entries does not hold entry ${row.position} of ${live.store.size}.`;
          throw new HttpProblem(404, 'ledger:tree.notfound', message, 'Ask for a tree that holds it.');
        }
        const { thing, t, seq, features, leaf, position } = row;
        const entry = { thing, t, seq, features };
        const [path, root] = await Promise.all([
          inclusionPath(live.store, position, size),
          rootAt(live.store, size),
        ]);
        return {
          body: {
            entry: leafHash(entry).equals(leaf) ? entry : null, // forgotten: the hash alone is left
            leaf: leaf.toString('hex'),
            index: position,
            size,
            path: path.map((hash) => hash.toString('hex')),
            root: root.toString('hex'),
          },
        };
      },
    }),
    route({
      method: 'get',
      path: `${THING}/wot`,
      need: 'read',
      summary: 'The Thing Description (W3C Web of Things 1.1)',
      answers: { 200: z.looseObject({ id: z.string(), title: z.string() }) },
      errors: [404],
      handle: ({ params: { thingId }, context }) => {
        const thing = requireThing(live, thingId);
        const { origin } = new URL(context.req.url);
        return {
          body: thingDescription(thing, origin, gate.isClosed),
          headers: { 'content-type': 'application/td+json' },
        };
      },
    }),
  ];
}

interface Bin {
  t: number;
  seq: number;
  received: number;
  value: number;
  count: number;
}

/** Means of numbers over every `step` ms, at most `limit` of them; each carries the start of its step. */
function downsample(
  points: readonly { t: number; seq: number; received: number; value: unknown }[],
  step: number,
  limit: number,
): { bins: Bin[]; rest: boolean } {
  const bins: Bin[] = [];
  for (const { t, seq, received, value } of points) {
    if (typeof value !== 'number') continue;
    const start = Math.floor(t / step) * step;
    let bin = bins.at(-1);
    if (bin?.t !== start) {
      if (bins.length === limit) return { bins, rest: true };
      bins.push((bin = { t: start, seq: 0, received: 0, value: 0, count: 0 }));
    }
    bin.count++;
    bin.value += (value - bin.value) / bin.count;
    bin.seq = seq;
    bin.received = Math.max(bin.received, received);
  }
  return { bins, rest: false };
}
