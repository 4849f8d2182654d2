import type { Json } from '../message/bounded-json.js';
import type { ThingDocument } from '../message/update.js';
import { newClockOffset, type ClockOffset } from './clock-offset.js';
import type { Register } from './register.js';

/** The twin of a thing. */
export interface Thing {
  readonly id: string;
  document: ThingDocument;
  /** Counts every change. */
  revision: number;
  /** ms since 1970 */
  created: number;
  modified: number;
  readonly registers: Map<string, Map<string, Register>>;
  readonly clock: ClockOffset;
}

export function newThing(id: string, now: number): Thing {
  return {
    id,
    document: {},
    revision: 0,
    created: now,
    modified: now,
    registers: new Map(),
    clock: newClockOffset(),
  };
}

/** The properties of a feature, in Ditto's form. */
export function propertiesOf(thing: Thing, feature: string): Record<string, Json> | undefined {
  const registers = thing.registers.get(feature);
  if (registers === undefined || registers.size === 0) return undefined;
  return Object.fromEntries([...registers].map(([property, { value }]) => [property, value]));
}

/** A feature in Ditto's form; undefined if there is none of this name. */
export function featureOf(thing: Thing, feature: string): Record<string, unknown> | undefined {
  const document = thing.document.features?.[feature];
  const properties = propertiesOf(thing, feature);
  if (document === undefined && properties === undefined) return undefined;
  return { ...document, ...(properties !== undefined && { properties }) };
}

/** All features in Ditto's form. */
export function featuresOf(thing: Thing): Record<string, Record<string, unknown>> {
  const names = new Set([...Object.keys(thing.document.features ?? {}), ...thing.registers.keys()]);
  return Object.fromEntries([...names].map((name) => [name, featureOf(thing, name) ?? {}]));
}

/** A thing in Ditto's form. */
export function dittoThing(thing: Thing): Record<string, unknown> {
  const { policyId, definition, attributes } = thing.document;
  const features = featuresOf(thing);
  return {
    thingId: thing.id,
    ...(policyId !== undefined && { policyId }),
    ...(definition !== undefined && { definition }),
    ...(attributes !== undefined && { attributes }),
    ...(Object.keys(features).length > 0 && { features }),
    _revision: thing.revision,
    _created: new Date(thing.created).toISOString(),
    _modified: new Date(thing.modified).toISOString(),
  };
}

/** Puts a document over the present one: what is given replaces what is there, attributes and features one by one. */
export function mergeDocument(thing: Thing, { attributes, features, ...rest }: ThingDocument): void {
  const { document } = thing;
  Object.assign(document, rest);
  if (attributes !== undefined) document.attributes = { ...document.attributes, ...attributes };
  for (const [name, feature] of Object.entries(features ?? {})) {
    (document.features ??= {})[name] = { ...document.features[name], ...feature };
  }
}
