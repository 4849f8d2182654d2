import type { Json } from '../message/bounded-json.js';
import type { Thing } from '../twin/thing.js';

const JSON_TYPES: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  number: 'number',
  string: 'string',
};

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : (JSON_TYPES[typeof value] ?? 'object');
}

/** The Thing Description of a twin (W3C WoT TD 1.1): each property of each feature, named `feature_property`. */
export function thingDescription(thing: Thing, origin: string, secured: boolean): Record<string, unknown> {
  const base = `${origin}/api/2/things/${encodeURIComponent(thing.id)}`;
  const properties: Record<string, unknown> = {};
  for (const [feature, registers] of thing.registers) {
    for (const [property, { value }] of registers) {
      const href = `${base}/features/${encodeURIComponent(feature)}/properties/${encodeURIComponent(property)}`;
      const form = { href, contentType: 'application/json' };
      properties[`${feature}_${property}`] = {
        title: `${feature}: ${property}`,
        type: typeOf(value),
        observable: false,
        forms: [
          { ...form, op: 'readproperty', 'htv:methodName': 'GET' },
          { ...form, op: 'writeproperty', 'htv:methodName': 'PUT' },
        ],
      };
    }
  }
  const scheme = secured ? { bearer: { scheme: 'bearer' } } : { nosec: { scheme: 'nosec' } };
  return {
    // Both, as TD 1.1 asks for where programs of TD 1.0 are to read it too.
    '@context': ['https://www.w3.org/2019/wot/td/v1', 'https://www.w3.org/2022/wot/td/v1.1'],
    id: `urn:thing:${encodeURIComponent(thing.id)}`,
    title: thing.id,
    ...(thing.document.definition !== undefined && { description: thing.document.definition }),
    securityDefinitions: scheme,
    security: Object.keys(scheme),
    properties,
  };
}
