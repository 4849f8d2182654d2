import { checkThingId, quote } from './names.js';
import { Refusal } from './refusal.js';
import type { Json } from './bounded-json.js';
import { isObject, readLoad, readTime } from './update.js';

/** What a UE asks: the state of a thing, as fresh as it can be. */
export interface LiveRequest {
  readonly ue: string;
  /** When it was created, ms since 1970, by the UE's clock. */
  readonly t: number;
  readonly id: string;
  readonly thing: string;
  readonly loadUnits: number | undefined;
  readonly replyTo: string;
  /** Where it was, and when. */
  readonly position: { readonly t: number; readonly xM: number; readonly yM: number } | undefined;
}

const FIELDS = ['t', 'id', 'thing', 'loadUnits', 'replyTo', 'position'];

/**
 * Reads `requests/{ue}`: `{ "t", "id", "thing", "loadUnits"?, "replyTo"?, "position"?: { "t", "xM", "yM" } }`.
 *
 * @throws Refusal
 */
export function readRequest(ue: string, message: Json, now: number): LiveRequest {
  if (!isObject(message)) throw new Refusal('schema', 'expected an object with t, id and thing');
  const unknown = Object.keys(message).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) {
    throw new Refusal('schema', `${quote(unknown)} is not known; accepted: ${FIELDS.join(', ')}`);
  }
  const { id, thing, replyTo = `replies/${ue}` } = message;
  if (typeof id !== 'string' && typeof id !== 'number') throw new Refusal('schema', 'id: expected text');
  if (typeof thing !== 'string') throw new Refusal('schema', 'thing: expected the id of a thing');
  if (typeof replyTo !== 'string' || !/^replies\/[^+#\0]{1,200}$/.test(replyTo)) {
    throw new Refusal('schema', 'replyTo: expected a topic that begins with replies/');
  }
  checkThingId(thing);
  const position = readPosition(message.position, now);
  const t = readTime(message.t, now);
  return { ue, t, id: String(id), thing, loadUnits: readLoad(message.loadUnits), replyTo, position };
}

function readPosition(position: Json | undefined, now: number): LiveRequest['position'] {
  if (position === undefined) return undefined;
  const { t, xM, yM, ...more } = isObject(position) ? position : {};
  if (typeof xM !== 'number' || typeof yM !== 'number' || Object.keys(more).length > 0) {
    throw new Refusal('schema', 'position: expected { t, xM, yM }');
  }
  return { t: readTime(t, now), xM, yM };
}
