import { unescapePointer } from './pointer.js';
import { isName, quote } from './names.js';
import { Refusal } from './refusal.js';
import type { Json } from './bounded-json.js';
import {
  isObject,
  readFeatures,
  readSeq,
  readTime,
  type Announcement,
  type FeatureDocument,
  type Features,
  type ThingDocument,
  type Update,
} from './update.js';

/** What an envelope says: of the thing itself, of its values, or of both. */
export interface DittoMessage {
  readonly announcement?: Announcement | undefined;
  readonly update?: Update | undefined;
}

/**
 * Reads `things/{id}/ditto`: a command `create`, `modify` or `merge` of Ditto's protocol for a thing, its features, a
 * feature, its properties, or one property. The header `timestamp` (ms or ISO 8601) says when it was measured, and
 * `sequence` orders equal times; without them it was measured now.
 *
 * @throws Refusal
 */
export function readDitto(thing: string, message: Json, now: number): DittoMessage {
  if (!isObject(message) || typeof message.topic !== 'string' || typeof message.path !== 'string') {
    throw new Refusal('schema', 'expected an envelope of the Ditto protocol: topic, path, value');
  }
  const [namespace, name, group, channel, criterion, action] = message.topic.split('/');
  const id = namespace === '_' ? (name ?? '') : `${namespace}:${name}`;
  if (id !== thing) throw new Refusal('name', `topic: ${quote(id)} is not the thing of this MQTT topic`);
  const accepted = group === 'things' && channel === 'twin' && criterion === 'commands';
  if (!accepted || !['create', 'modify', 'merge'].includes(action)) {
    const commands = '…/things/twin/commands/create, modify or merge';
    throw new Refusal('schema', `topic: ${quote(message.topic)}; accepted: ${commands}`);
  }
  const headers = isObject(message.headers) ? message.headers : {};
  const key = {
    thing,
    t: headers.timestamp === undefined ? now : readTime(headers.timestamp, now),
    seq: readSeq(headers.sequence),
    receipt: headers['response-required'] === true,
  };
  if (message.path !== '/') return { update: { ...key, features: featuresAt(message.path, message.value) } };
  const { document, features } = splitThing(message.value);
  return {
    announcement: { thing, document },
    update: features === undefined ? undefined : { ...key, features },
  };
}

/** A thing in Ditto's form, parted into what is said of it and what was measured. @throws Refusal */
export function splitThing(value: unknown): { document: ThingDocument; features: Features | undefined } {
  if (!isObject(value)) throw new Refusal('schema', 'value: expected a thing');
  checkThingFields(value);
  const { policyId, definition, attributes, features } = value;
  const document = readDocument({ policyId, definition, attributes });
  if (features === undefined || features === null) return { document, features: undefined };
  if (!isObject(features)) throw new Refusal('schema', 'features: expected an object');
  const values: Record<string, unknown> = {};
  for (const [name, feature] of Object.entries(features)) {
    const parts = readFeature(name, feature);
    (document.features ??= {})[name] = parts.document;
    if (parts.properties !== undefined) values[name] = parts.properties;
  }
  return { document, features: Object.keys(values).length === 0 ? undefined : readFeatures(values) };
}

const THING_FIELDS = ['thingId', 'policyId', 'definition', 'attributes', 'features'];

/** What begins with an underscore is what Ditto adds when a thing is got: it may come back, and says nothing. */
function checkFields(value: object, accepted: readonly string[], where: string): void {
  const unknown = Object.keys(value).find((field) => !accepted.includes(field) && !field.startsWith('_'));
  if (unknown === undefined) return;
  throw new Refusal('schema', `${where}${quote(unknown)} is not known; accepted: ${accepted.join(', ')}`);
}

/** @throws Refusal for a field that a thing does not have */
export function checkThingFields(thing: object): void {
  checkFields(thing, THING_FIELDS, '');
}

/** A feature in Ditto's form, parted likewise. @throws Refusal */
export function readFeature(
  name: string,
  feature: unknown,
): { document: FeatureDocument; properties: Record<string, Json> | undefined } {
  if (!isName(name)) throw new Refusal('name', `${quote(name)} is no name of a feature`);
  if (feature !== null && !isObject(feature))
    throw new Refusal('schema', `${quote(name)}: expected an object`);
  checkFields(feature ?? {}, ['definition', 'properties', 'desiredProperties'], `${name}: `);
  const { definition, desiredProperties, properties } = feature ?? {};
  const document: FeatureDocument = {};
  if (definition !== undefined && definition !== null) {
    if (!Array.isArray(definition) || !definition.every((one) => typeof one === 'string')) {
      throw new Refusal('schema', `${quote(name)}: definition: expected a list of text`);
    }
    document.definition = definition;
  }
  if (desiredProperties !== undefined && desiredProperties !== null) {
    document.desiredProperties = readProperties(desiredProperties, 'desiredProperties');
  }
  if (properties === undefined || properties === null) return { document, properties: undefined };
  const values = readProperties(properties, 'properties');
  return { document, properties: Object.keys(values).length > 0 ? values : undefined };
}

/** @throws Refusal unless it is an object with names that are accepted */
export function readProperties(value: unknown, what: string): Record<string, Json> {
  if (!isObject(value)) throw new Refusal('schema', `${what}: expected an object`);
  const wrong = Object.keys(value).find((name) => !isName(name));
  if (wrong !== undefined) throw new Refusal('name', `${what}: ${quote(wrong)} is no name`);
  return value as Record<string, Json>;
}

/** @throws Refusal */
export function readDocument({ policyId, definition, attributes }: Record<string, unknown>): ThingDocument {
  const document: ThingDocument = {};
  if (typeof policyId === 'string') document.policyId = policyId;
  else if (policyId !== undefined && policyId !== null)
    throw new Refusal('schema', 'policyId: expected text');
  if (typeof definition === 'string') document.definition = definition;
  else if (definition !== undefined && definition !== null) {
    throw new Refusal('schema', 'definition: expected text');
  }
  if (attributes !== undefined && attributes !== null) {
    document.attributes = readProperties(attributes, 'attributes');
  }
  return document;
}

/** The values that a Ditto path and value mean. */
export function featuresAt(path: string, value: unknown): Features {
  const [, features, feature, properties, property, ...deeper] = path.split('/').map(unescapePointer);
  const isFeatures = features === 'features' && deeper.length === 0;
  if (!isFeatures || (properties !== undefined && properties !== 'properties')) {
    throw new Refusal(
      'schema',
      `path: ${quote(path)}; accepted: /features, /features/F, …/properties, …/properties/P`,
    );
  }
  if (feature === undefined) {
    if (!isObject(value)) throw new Refusal('schema', 'value: expected an object of features');
    return readFeatures(
      Object.fromEntries(Object.entries(value).map(([name, one]) => [name, propertiesOf(one)])),
    );
  }
  if (!isName(feature)) throw new Refusal('name', `path: ${quote(feature)} is no name of a feature`);
  if (properties === undefined) return readFeatures({ [feature]: propertiesOf(value) });
  return readFeatures({ [feature]: property === undefined ? value : { [property]: value } });
}

function propertiesOf(feature: unknown): unknown {
  return isObject(feature) ? (feature.properties ?? {}) : feature;
}
