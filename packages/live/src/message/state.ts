import { quote } from './names.js';
import { Refusal } from './refusal.js';
import type { Json } from './bounded-json.js';
import { isObject, readFeatures, readLoad, readSeq, readTime, type Update } from './update.js';

const FIELDS = ['t', 'seq', 'receipt', 'features', 'loadUnits'];

/**
 * Reads `things/{id}/state`: `{ "t", "seq"?, "receipt"?, "loadUnits"?, "features": { F: { P: value } } }`.
 *
 * @throws Refusal
 */
export function readState(thing: string, message: Json, now: number): Update {
  if (!isObject(message)) throw new Refusal('schema', 'expected an object with t and features');
  const unknown = Object.keys(message).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) {
    throw new Refusal('schema', `${quote(unknown)} is not known; accepted: ${FIELDS.join(', ')}`);
  }
  const { receipt = false } = message;
  if (typeof receipt !== 'boolean') throw new Refusal('schema', 'receipt: expected true or false');
  return {
    thing,
    t: readTime(message.t, now),
    seq: readSeq(message.seq),
    features: readFeatures(message.features),
    receipt,
    loadUnits: readLoad(message.loadUnits),
  };
}
