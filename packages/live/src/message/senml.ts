import { isName, quote } from './names.js';
import { Refusal } from './refusal.js';
import type { Json } from './bounded-json.js';
import { isObject, readTime, type Features, type Update } from './update.js';

/** A record of SenML after resolution (RFC 8428, section 4.6). */
interface Resolved {
  readonly name: string;
  readonly time: number;
  readonly value: Json;
}

/** Times below this are relative to now (RFC 8428, section 4.5.3): 2^28 s. */
const RELATIVE_BELOW_S = 2 ** 28;

/**
 * Reads `things/{id}/senml`: a SenML pack (RFC 8428). The resolved name, without the thing's id in front, is
 * `feature/property`, or a property of the feature `senml`; records of one time make one update.
 *
 * @throws Refusal
 */
export function readSenml(thing: string, pack: Json, now: number): Update[] {
  if (!Array.isArray(pack) || pack.length === 0) {
    throw new Refusal('schema', 'expected a SenML pack: an array of records');
  }
  const byTime = new Map<number, Features>();
  for (const { name, time, value } of resolve(pack)) {
    const t = readTime(Math.round(time < RELATIVE_BELOW_S ? now + time * 1000 : time * 1000), now);
    const [feature, property] = splitName(name, thing);
    const features = byTime.get(t) ?? {};
    byTime.set(t, features);
    features[feature] = { ...features[feature], [property]: value };
  }
  if (byTime.size === 0) throw new Refusal('schema', 'no record of the pack has a value');
  return [...byTime].map(([t, features]) => ({ thing, t, seq: 0, features, receipt: false }));
}

function* resolve(pack: Json[]): Generator<Resolved> {
  const base = { name: '', time: 0, value: 0, sum: 0 };
  for (const record of pack) {
    if (!isObject(record)) throw new Refusal('schema', 'a SenML record is no object');
    const needs = Object.keys(record).find((field) => field.endsWith('_'));
    if (needs !== undefined) throw new Refusal('schema', `${quote(needs)} must be understood, and is not`);
    base.name = text(record, 'bn') ?? base.name;
    base.time = number(record, 'bt') ?? base.time;
    base.value = number(record, 'bv') ?? base.value;
    base.sum = number(record, 'bs') ?? base.sum;
    const name = base.name + (text(record, 'n') ?? '');
    const time = base.time + (number(record, 't') ?? 0);
    const v = number(record, 'v');
    const s = number(record, 's');
    if (v !== undefined) yield { name, time, value: base.value + v };
    else if (record.vs !== undefined) yield { name, time, value: text(record, 'vs')! };
    else if (record.vd !== undefined) yield { name, time, value: text(record, 'vd')! };
    else if (typeof record.vb === 'boolean') yield { name, time, value: record.vb };
    if (s !== undefined) yield { name: `${name}_sum`, time, value: base.sum + s };
  }
}

function text(record: Record<string, unknown>, field: string): string | undefined {
  const value = record[field];
  if (value === undefined || typeof value === 'string') return value;
  throw new Refusal('schema', `${field}: expected text`);
}

function number(record: Record<string, unknown>, field: string): number | undefined {
  const value = record[field];
  if (value === undefined || typeof value === 'number') return value;
  throw new Refusal('schema', `${field}: expected a number`);
}

function splitName(name: string, thing: string): [feature: string, property: string] {
  const bare = (name.startsWith(thing) ? name.slice(thing.length) : name).replace(/^[:/]+/, '');
  const slash = bare.lastIndexOf('/');
  const feature = slash < 0 ? 'senml' : bare.slice(0, slash).replaceAll('/', ':');
  const property = bare.slice(slash + 1) || 'value';
  if (!isName(feature) || !isName(property)) throw new Refusal('name', `n: ${quote(name)} is no name`);
  return [feature, property];
}
