import { isName, quote } from './names.js';
import { Refusal } from './refusal.js';
import type { Json } from './bounded-json.js';

/** Values by feature and property. */
export type Features = Record<string, Record<string, Json>>;

/** What a device says of its thing at one moment. (thing, t, seq) is its key: the same key twice is the same update. */
export interface Update {
  readonly thing: string;
  /** When it was measured, ms since 1970, by the device's clock. Never rewritten. */
  readonly t: number;
  /** Orders updates of one thing with equal `t`. */
  readonly seq: number;
  readonly features: Features;
  /** Whether the device wants a receipt once it is stored. */
  readonly receipt: boolean;
  /** Units that the computation of this update takes; the scenario's mean where it is not said. */
  readonly loadUnits?: number | undefined;
  /** Written by a person or program: it does not queue for computation. */
  readonly direct?: boolean;
}

/** What a device says of its thing itself, beside what it measures. */
export interface Announcement {
  readonly thing: string;
  readonly document: ThingDocument;
}

/** What people and programs say of a thing, as Ditto's model has it; the values of its properties come from its device. */
export interface ThingDocument {
  policyId?: string | undefined;
  definition?: string | undefined;
  attributes?: Record<string, Json> | undefined;
  /** What a feature has beside its values. */
  features?: Record<string, FeatureDocument> | undefined;
}

export interface FeatureDocument {
  definition?: string[] | undefined;
  desiredProperties?: Record<string, Json> | undefined;
}

/** How far ahead of our clock a time may be, ms. */
export const MAX_AHEAD_MS = 60_000;

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * A time stamp: whole ms since 1970, or ISO 8601 with its zone.
 *
 * @throws Refusal for another form, a negative time, or one more than {@link MAX_AHEAD_MS} ahead of `now`
 */
export function readTime(value: unknown, now: number): number {
  const t = typeof value === 'string' && ISO.test(value) ? Date.parse(value) : value;
  if (typeof t !== 'number' || !Number.isSafeInteger(t)) {
    const shown = typeof value === 'string' ? quote(value) : String(value);
    throw new Refusal(
      'schema',
      `t: ${shown}; expected whole milliseconds since 1970, or ISO 8601 with a zone`,
    );
  }
  if (t < 0) throw new Refusal('past', `t: ${t} lies before 1970`);
  if (t > now + MAX_AHEAD_MS) {
    throw new Refusal('future', `t: ${t} lies ${t - now} ms ahead; at most ${MAX_AHEAD_MS} are accepted`);
  }
  return t;
}

/** @throws Refusal unless it is an integer from 0 on; 0 where it is missing */
export function readSeq(value: unknown): number {
  if (value === undefined) return 0;
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new Refusal('schema', `seq: ${quote(String(value))}; expected an integer from 0 on`);
}

/** @throws Refusal unless it is a finite number above 0, or missing */
export function readLoad(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value > 0 && value <= 1e9) return value;
  throw new Refusal('schema', `loadUnits: ${quote(String(value))}; expected units above 0`);
}

/** @throws Refusal unless it is an object of objects with at least one property */
export function readFeatures(value: unknown): Features {
  if (!isObject(value)) throw new Refusal('schema', 'features: expected { feature: { property: value } }');
  let properties = 0;
  for (const [feature, values] of Object.entries(value)) {
    if (!isName(feature)) throw new Refusal('name', `features: ${quote(feature)} is no name of a feature`);
    if (!isObject(values)) {
      throw new Refusal('schema', `features.${feature}: expected an object of properties`);
    }
    for (const property of Object.keys(values)) {
      if (!isName(property)) {
        throw new Refusal('name', `features.${feature}: ${quote(property)} is no name of a property`);
      }
      properties++;
    }
  }
  if (properties === 0) throw new Refusal('schema', 'features: no property');
  return value as Features;
}

/** Whether it is an object, and no array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
