import { Refusal } from './refusal.js';

/** Longest message, bytes. */
export const MAX_BYTES = 65_536;
/** Deepest nesting of a message, the outermost value being 1. */
export const MAX_DEPTH = 16;

/** What JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The JSON value of a message.
 *
 * @throws Refusal it is longer or deeper than accepted, no JSON in UTF-8, or holds a number that is not finite or a name
 *   `__proto__`
 */
export function parseJson(bytes: Uint8Array): Json {
  if (bytes.length > MAX_BYTES) {
    throw new Refusal('size', `${bytes.length} bytes; at most ${MAX_BYTES} are accepted`);
  }
  if (depthOf(bytes) > MAX_DEPTH)
    throw new Refusal('depth', `nested deeper than ${MAX_DEPTH}, which is not accepted`);
  let value: Json;
  try {
    value = JSON.parse(utf8.decode(bytes)) as Json;
  } catch (error) {
    throw new Refusal('json', `no JSON: ${(error as Error).message}`);
  }
  checkValue(value);
  return value;
}

/** Deepest nesting of brackets outside strings, found without recursion. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
}

/** @throws Refusal a number is not finite (`1e999`), or a name is `__proto__` */
export function checkValue(value: Json): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Refusal('number', 'a number beyond double precision');
  } else if (Array.isArray(value)) {
    for (const item of value) checkValue(item);
  } else if (typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value)) {
      if (name === '__proto__') throw new Refusal('name', 'a member named __proto__');
      checkValue(value[name]);
    }
  }
}
