import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Live } from '../service/live.js';
import type { Writer } from '../service/writer.js';
import type { Json } from '../message/bounded-json.js';
import { checkThingFields, readDocument, splitThing } from '../message/ditto.js';
import { checkThingId } from '../message/names.js';
import { Refusal } from '../message/refusal.js';
import { isObject } from '../message/update.js';
import { dittoThing, mergeDocument, type Thing } from '../twin/thing.js';
import { atPointer, mergePatch, partsOf, putPointer, removePointer } from '../message/pointer.js';
import { HttpProblem, partNotFound, thingNotFound } from './problem.js';
import { route, type Answer, type Route } from './route.js';
import { attributesSchema, jsonSchema, newThingSchema, thingSchema } from './schemas.js';
import { streamChanges, wantsStream } from './stream.js';

const THING = '/api/2/things/{thingId}';

/** Only these fields of each thing, separated by commas; Ditto's selectors without parentheses. */
const fields = z
  .string()
  .optional()
  .describe('only these fields, separated by commas, as in thingId,attributes');
const page = z.object({
  ids: z.string().optional().describe('only these things, separated by commas'),
  fields,
  size: z.coerce.number().int().min(1).max(1000).default(200).describe('most things in the answer'),
  after: z.string().optional().describe('only things that come after this id'),
});

/** @throws HttpProblem 404 */
export function requireThing(live: Live, id: string): Thing {
  checkThingId(id);
  const thing = live.twins.get(id);
  if (thing === undefined) throw thingNotFound(id);
  return thing;
}

/** A thing with only the fields that were asked for. */
function select(thing: Thing, wanted: string | undefined): Record<string, unknown> {
  const whole = dittoThing(thing);
  if (wanted === undefined) {
    const { _revision, _created, _modified, ...plain } = whole;
    return plain;
  }
  let selected: Json = {};
  for (const field of wanted.split(',').filter((name) => name !== '')) {
    const parts = partsOf(field);
    const value = atPointer(whole as Json, parts);
    if (value !== undefined && !parts.includes('__proto__')) selected = putPointer(selected, parts, value);
  }
  return selected as Record<string, unknown>;
}

const etag = (thing: Thing) => ({ etag: `"rev:${thing.revision}"` });
const done = (thing: Thing, created: boolean, body: unknown): Answer =>
  created ? { status: 201, body, headers: etag(thing) } : { status: 204, headers: etag(thing) };

/** Things, their attributes and their definition: Ditto's HTTP API, version 2. */
export function thingRoutes(live: Live, writer: Writer): Route[] {
  const changed = async (thing: Thing) => {
    live.changed(thing);
    await live.keeper.save();
  };
  const replace = async (id: string, value: Json): Promise<{ thing: Thing; created: boolean }> => {
    checkThingId(id);
    if (isObject(value) && value.thingId !== undefined && value.thingId !== id) {
      throw new HttpProblem(
        400,
        'things:id.notsettable',
        'The thingId of the body is another one.',
        'Leave it out.',
      );
    }
    const { document, features } = splitThing(value);
    const created = live.twins.get(id) === undefined;
    const thing = live.announce({ thing: id, document: {} }, live.now());
    thing.document = document;
    thing.registers.clear();
    if (features !== undefined) await writer.write(thing, features);
    await live.keeper.save();
    return { thing, created };
  };
  const attributesOf = (id: string) => {
    const thing = requireThing(live, id);
    return { thing, attributes: thing.document.attributes };
  };

  return [
    route({
      method: 'get',
      path: '/api/2/things',
      need: 'read',
      summary: 'Lists things by id, or streams their changes (Accept: text/event-stream)',
      query: page,
      answers: { 200: z.array(thingSchema.partial()) },
      handle: ({ query: { ids, fields, size, after }, context, rights }) => {
        const wanted = ids?.split(',').filter((id) => id !== '');
        if (wantsStream(context)) return streamChanges(live, context, rights, wanted && new Set(wanted));
        const things =
          wanted?.map((id) => live.twins.get(id)).filter((thing) => thing !== undefined) ??
          [...live.twins.all()].sort((a, b) => (a.id < b.id ? -1 : 1));
        const seen = things.filter(({ id }) => rights.view(id).grantsAny('READ', []));
        const from = after === undefined ? 0 : seen.findIndex(({ id }) => id > after);
        const chosen = from < 0 ? [] : seen.slice(from, from + size);
        return { body: chosen.map((thing) => rights.view(thing.id).readable(select(thing, fields))) };
      },
    }),
    route({
      method: 'post',
      path: '/api/2/things',
      need: 'operate',
      summary: 'Makes a thing with an id of our choice',
      body: newThingSchema,
      answers: { 201: thingSchema },
      handle: async ({ body }) => {
        const { thing } = await replace(`org.metalore:${randomUUID()}`, body);
        const headers = { ...etag(thing), location: `/api/2/things/${encodeURIComponent(thing.id)}` };
        return { status: 201, body: select(thing, undefined), headers };
      },
    }),
    route({
      method: 'get',
      path: THING,
      need: 'read',
      summary: 'A thing, or the stream of its changes (Accept: text/event-stream)',
      query: z.object({ fields }),
      answers: { 200: thingSchema.partial() },
      errors: [404],
      handle: ({ params: { thingId }, query, context, rights }) => {
        const thing = requireThing(live, thingId);
        if (wantsStream(context)) return streamChanges(live, context, rights, new Set([thingId]));
        return { body: select(thing, query.fields), headers: etag(thing) };
      },
    }),
    route({
      method: 'put',
      path: THING,
      need: 'write',
      summary: 'Makes or replaces a thing',
      body: newThingSchema,
      answers: { 201: thingSchema, 204: null },
      errors: [409],
      handle: async ({ params: { thingId }, body }) => {
        const { thing, created } = await replace(thingId, body);
        return done(thing, created, select(thing, undefined));
      },
    }),
    route({
      method: 'patch',
      path: THING,
      need: 'write',
      summary: 'Merges into a thing (RFC 7396)',
      body: newThingSchema,
      bodyType: 'application/merge-patch+json',
      answers: { 204: null },
      errors: [404, 409],
      handle: async ({ params: { thingId }, body }) => {
        const thing = requireThing(live, thingId);
        await patchThing(writer, thing, body);
        await changed(thing);
        return done(thing, false, undefined);
      },
    }),
    route({
      method: 'delete',
      path: THING,
      need: 'operate',
      summary: 'Forgets a twin; its history stays in the ledger',
      answers: { 204: null },
      errors: [404],
      handle: async ({ params: { thingId } }) => {
        await live.remove(requireThing(live, thingId));
        return { status: 204 };
      },
    }),
    route({
      method: 'get',
      path: `${THING}/attributes`,
      need: 'read',
      summary: 'What is said of a thing',
      answers: { 200: attributesSchema },
      errors: [404],
      handle: ({ params: { thingId } }) => {
        return { body: attributesOf(thingId).attributes ?? {} };
      },
    }),
    route({
      method: 'put',
      path: `${THING}/attributes`,
      need: 'write',
      summary: 'Replaces all attributes',
      body: attributesSchema,
      answers: { 201: attributesSchema, 204: null },
      errors: [404],
      handle: async ({ params: { thingId }, body }) => {
        const { thing, attributes: before } = attributesOf(thingId);
        const { attributes } = readDocument({ attributes: body });
        if (attributes === undefined) throw new Refusal('schema', 'attributes: expected an object');
        thing.document.attributes = attributes;
        await changed(thing);
        return done(thing, before === undefined, attributes);
      },
    }),
    route({
      method: 'get',
      path: `${THING}/attributes/{attributePath}`,
      need: 'read',
      summary: 'One attribute, or a part of it',
      answers: { 200: jsonSchema },
      errors: [404],
      handle: ({ params: { thingId, attributePath } }) => {
        const value = atPointer(attributesOf(thingId).attributes, partsOf(attributePath));
        if (value === undefined) throw partNotFound('attribute', attributePath);
        return { body: value };
      },
    }),
    route({
      method: 'put',
      path: `${THING}/attributes/{attributePath}`,
      need: 'write',
      summary: 'Makes or replaces an attribute, or a part of it',
      body: jsonSchema,
      answers: { 201: jsonSchema, 204: null },
      errors: [404],
      handle: async ({ params: { thingId, attributePath }, body }) => {
        const { thing, attributes } = attributesOf(thingId);
        const parts = partsOf(attributePath);
        const put = putPointer(attributes, parts, body);
        mergeDocument(thing, readDocument({ attributes: put }));
        await changed(thing);
        return done(thing, atPointer(attributes, parts) === undefined, body);
      },
    }),
    route({
      method: 'delete',
      path: `${THING}/attributes/{attributePath}`,
      need: 'write',
      summary: 'Removes an attribute, or a part of it',
      answers: { 204: null },
      errors: [404],
      handle: async ({ params: { thingId, attributePath } }) => {
        const { thing, attributes } = attributesOf(thingId);
        const parts = partsOf(attributePath);
        if (attributes === undefined || atPointer(attributes, parts) === undefined) {
          throw partNotFound('attribute', attributePath);
        }
        thing.document.attributes = removePointer(attributes, parts) as Record<string, Json>;
        await changed(thing);
        return done(thing, false, undefined);
      },
    }),
    route({
      method: 'get',
      path: `${THING}/definition`,
      need: 'read',
      summary: 'The definition: what kind of thing it is',
      answers: { 200: z.string() },
      errors: [404],
      handle: ({ params: { thingId } }) => {
        const { definition } = requireThing(live, thingId).document;
        if (definition === undefined) throw partNotFound('definition', thingId);
        return { body: definition };
      },
    }),
    route({
      method: 'put',
      path: `${THING}/definition`,
      need: 'write',
      summary: 'Sets the definition',
      body: z.string(),
      answers: { 201: z.string(), 204: null },
      errors: [404],
      handle: async ({ params: { thingId }, body }) => {
        const thing = requireThing(live, thingId);
        const before = thing.document.definition;
        if (typeof body !== 'string') throw new Refusal('schema', 'definition: expected text');
        thing.document.definition = body;
        await changed(thing);
        return done(thing, before === undefined, body);
      },
    }),
  ];
}

/** Merges a patch of a thing in Ditto's form into its document, and its values into its twin. */
async function patchThing(writer: Writer, thing: Thing, patch: Json): Promise<void> {
  if (!isObject(patch)) throw new Refusal('schema', 'expected an object');
  checkThingFields(patch);
  const { features, thingId: _id, ...rest } = patch as Record<string, Json>;
  const { policyId, definition, attributes } = thing.document;
  const merged = mergePatch({ policyId, definition, attributes } as Json, rest) as Record<string, Json>;
  const document = readDocument(merged);
  thing.document = { ...document, features: thing.document.features };
  if (features === undefined) return;
  if (features !== null && !isObject(features)) throw new Refusal('schema', 'features: expected an object');
  for (const name of features === null ? thing.registers.keys() : Object.keys(features)) {
    if (features === null || features[name] === null) {
      thing.registers.delete(name);
      delete thing.document.features?.[name];
    }
  }
  const left = Object.fromEntries(Object.entries(features ?? {}).filter(([, feature]) => feature !== null));
  await writer.mergeFeatures(thing, left);
}
