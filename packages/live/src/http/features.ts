import type { Live } from '../service/live.js';
import type { Writer } from '../service/writer.js';
import { readFeature, readProperties } from '../message/ditto.js';
import { checkName } from '../message/names.js';
import { Refusal } from '../message/refusal.js';
import { isObject, type FeatureDocument } from '../message/update.js';
import { featureOf, featuresOf, propertiesOf, type Thing } from '../twin/thing.js';
import { atPointer, partsOf, putPointer, removePointer } from '../message/pointer.js';
import { partNotFound } from './problem.js';
import { route, type Answer, type Route } from './route.js';
import { featureSchema, featuresSchema, jsonSchema, propertiesSchema } from './schemas.js';
import { requireThing } from './things.js';

const FEATURES = '/api/2/things/{thingId}/features';
const FEATURE = `${FEATURES}/{featureId}`;
const PROPERTIES = `${FEATURE}/properties`;
const DESIRED = `${FEATURE}/desiredProperties`;

const etag = (thing: Thing) => ({ etag: `"rev:${thing.revision}"` });
const put = (thing: Thing, created: boolean, body: unknown): Answer =>
  created ? { status: 201, body, headers: etag(thing) } : { status: 204, headers: etag(thing) };

/** Features, their properties and their desired properties: Ditto's HTTP API, version 2. */
export function featureRoutes(live: Live, writer: Writer): Route[] {
  const changed = async (thing: Thing) => {
    live.changed(thing);
    await live.keeper.save();
  };
  const find = (params: Readonly<Record<string, string>>) => {
    const thing = requireThing(live, params.thingId);
    const feature = featureOf(thing, params.featureId);
    if (feature === undefined) throw partNotFound('feature', params.featureId);
    return { thing, feature };
  };
  const documentOf = (thing: Thing, feature: string): FeatureDocument =>
    ((thing.document.features ??= {})[feature] ??= {});
  const replaceFeature = async (thing: Thing, name: string, value: unknown) => {
    const { document, properties } = readFeature(name, value);
    (thing.document.features ??= {})[name] = document;
    thing.registers.delete(name);
    if (properties !== undefined) await writer.write(thing, { [name]: properties });
  };

  return [
    route({
      method: 'get',
      path: FEATURES,
      need: 'read',
      summary: 'All features of a thing',
      answers: { 200: featuresSchema },
      errors: [404],
      handle: ({ params }) => ({ body: featuresOf(requireThing(live, params.thingId)) }),
    }),
    route({
      method: 'put',
      path: FEATURES,
      need: 'write',
      summary: 'Replaces all features',
      body: featuresSchema,
      answers: { 201: featuresSchema, 204: null },
      errors: [404, 409],
      handle: async ({ params, body }) => {
        const thing = requireThing(live, params.thingId);
        if (!isObject(body)) throw new Refusal('schema', 'expected an object of features');
        for (const [name, value] of Object.entries(body)) readFeature(name, value);
        const none = Object.keys(featuresOf(thing)).length === 0;
        thing.registers.clear();
        thing.document.features = {};
        for (const [name, value] of Object.entries(body)) await replaceFeature(thing, name, value);
        await changed(thing);
        return put(thing, none, featuresOf(thing));
      },
    }),
    route({
      method: 'get',
      path: FEATURE,
      need: 'read',
      summary: 'A feature',
      answers: { 200: featureSchema },
      errors: [404],
      handle: ({ params }) => ({ body: find(params).feature }),
    }),
    route({
      method: 'put',
      path: FEATURE,
      need: 'write',
      summary: 'Makes or replaces a feature',
      body: featureSchema,
      answers: { 201: featureSchema, 204: null },
      errors: [404, 409],
      handle: async ({ params, body }) => {
        const thing = requireThing(live, params.thingId);
        const created = featureOf(thing, params.featureId) === undefined;
        await replaceFeature(thing, params.featureId, body);
        await changed(thing);
        return put(thing, created, featureOf(thing, params.featureId));
      },
    }),
    route({
      method: 'patch',
      path: FEATURE,
      need: 'write',
      summary: 'Merges into a feature (RFC 7396)',
      body: featureSchema,
      bodyType: 'application/merge-patch+json',
      answers: { 204: null },
      errors: [404, 409],
      handle: async ({ params, body }) => {
        const { thing } = find(params);
        await writer.mergeFeatures(thing, { [params.featureId]: body });
        await changed(thing);
        return put(thing, false, undefined);
      },
    }),
    route({
      method: 'delete',
      path: FEATURE,
      need: 'write',
      summary: 'Removes a feature',
      answers: { 204: null },
      errors: [404],
      handle: async ({ params }) => {
        const { thing } = find(params);
        thing.registers.delete(params.featureId);
        delete thing.document.features?.[params.featureId];
        await changed(thing);
        return put(thing, false, undefined);
      },
    }),
    route({
      method: 'get',
      path: PROPERTIES,
      need: 'read',
      summary: 'All properties of a feature',
      answers: { 200: propertiesSchema },
      errors: [404],
      handle: ({ params }) => {
        const { thing } = find(params);
        const properties = propertiesOf(thing, params.featureId);
        if (properties === undefined) throw partNotFound('property', 'properties');
        return { body: properties };
      },
    }),
    route({
      method: 'put',
      path: PROPERTIES,
      need: 'write',
      summary: 'Replaces all properties of a feature',
      body: propertiesSchema,
      answers: { 201: propertiesSchema, 204: null },
      errors: [404, 409],
      handle: async ({ params, body }) => {
        const { thing } = find(params);
        const before = propertiesOf(thing, params.featureId);
        const { properties } = readFeature(params.featureId, {
          properties: readProperties(body, 'properties'),
        });
        thing.registers.delete(params.featureId);
        documentOf(thing, params.featureId);
        if (properties !== undefined) await writer.write(thing, { [params.featureId]: properties });
        await changed(thing);
        return put(thing, before === undefined, properties ?? {});
      },
    }),
    route({
      method: 'get',
      path: `${PROPERTIES}/{propertyPath}`,
      need: 'read',
      summary: 'One property, or a part of its value',
      answers: { 200: jsonSchema },
      errors: [404],
      handle: ({ params }) => {
        const { thing } = find(params);
        const value = atPointer(propertiesOf(thing, params.featureId), partsOf(params.propertyPath));
        if (value === undefined) throw partNotFound('property', params.propertyPath);
        return { body: value };
      },
    }),
    route({
      method: 'put',
      path: `${PROPERTIES}/{propertyPath}`,
      need: 'write',
      summary: 'Makes or replaces a property, or a part of its value; measured now',
      body: jsonSchema,
      answers: { 201: jsonSchema, 204: null },
      errors: [404, 409],
      handle: async ({ params, body }) => {
        const { thing } = find(params);
        const [property, ...rest] = partsOf(params.propertyPath);
        checkName(property);
        const before = propertiesOf(thing, params.featureId);
        const value = putPointer(before?.[property], rest, body);
        await writer.write(thing, { [params.featureId]: { [property]: value } });
        await live.keeper.save();
        return put(thing, atPointer(before, [property, ...rest]) === undefined, body);
      },
    }),
    route({
      method: 'delete',
      path: `${PROPERTIES}/{propertyPath}`,
      need: 'write',
      summary: 'Removes a property, or a part of its value',
      answers: { 204: null },
      errors: [404, 409],
      handle: async ({ params }) => {
        const { thing } = find(params);
        const [property, ...rest] = partsOf(params.propertyPath);
        const properties = propertiesOf(thing, params.featureId);
        if (atPointer(properties, [property, ...rest]) === undefined) {
          throw partNotFound('property', params.propertyPath);
        }
        documentOf(thing, params.featureId);
        const left = removePointer(properties![property], rest);
        if (left === undefined) thing.registers.get(params.featureId)!.delete(property);
        else await writer.write(thing, { [params.featureId]: { [property]: left } });
        await changed(thing);
        return put(thing, false, undefined);
      },
    }),
    route({
      method: 'get',
      path: DESIRED,
      need: 'read',
      summary: 'What the properties of a feature ought to be',
      answers: { 200: propertiesSchema },
      errors: [404],
      handle: ({ params }) => {
        const { thing } = find(params);
        const desired = thing.document.features?.[params.featureId]?.desiredProperties;
        if (desired === undefined) throw partNotFound('property', 'desiredProperties');
        return { body: desired };
      },
    }),
    route({
      method: 'put',
      path: DESIRED,
      need: 'write',
      summary: 'Says what the properties of a feature ought to be',
      body: propertiesSchema,
      answers: { 201: propertiesSchema, 204: null },
      errors: [404],
      handle: async ({ params, body }) => {
        const { thing } = find(params);
        const document = documentOf(thing, params.featureId);
        const before = document.desiredProperties;
        document.desiredProperties = readProperties(body, 'desiredProperties');
        await changed(thing);
        return put(thing, before === undefined, document.desiredProperties);
      },
    }),
    route({
      method: 'put',
      path: `${DESIRED}/{propertyPath}`,
      need: 'write',
      summary: 'Says what one property ought to be',
      body: jsonSchema,
      answers: { 201: jsonSchema, 204: null },
      errors: [404],
      handle: async ({ params, body }) => {
        const { thing } = find(params);
        const document = documentOf(thing, params.featureId);
        const parts = partsOf(params.propertyPath);
        const before = atPointer(document.desiredProperties, parts);
        const desired = putPointer(document.desiredProperties, parts, body);
        document.desiredProperties = readProperties(desired, 'desiredProperties');
        await changed(thing);
        return put(thing, before === undefined, body);
      },
    }),
  ];
}
