import type { Json } from './bounded-json.js';

/** A part of a JSON pointer (RFC 6901). */
export function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The parts of a path below a property or attribute, as Ditto has them: JSON pointers (RFC 6901) without the first slash. */
export function partsOf(path: string): string[] {
  return path.split('/').map(unescapePointer);
}

const isRecord = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a pointer; undefined if there is none. */
export function atPointer(value: Json | undefined, parts: readonly string[]): Json | undefined {
  let at = value;
  for (const part of parts) {
    if (!isRecord(at) || !Object.hasOwn(at, part)) return undefined;
    at = at[part];
  }
  return at;
}

/** A copy with another value at a pointer; objects on the way are made where they are missing. */
export function putPointer(value: Json | undefined, [part, ...rest]: readonly string[], put: Json): Json {
  if (part === undefined) return put;
  const object = isRecord(value) ? value : {};
  return { ...object, [part]: putPointer(object[part], rest, put) };
}

/** A copy without what stands at a pointer; undefined for the whole. */
export function removePointer(value: Json, [part, ...rest]: readonly string[]): Json | undefined {
  if (part === undefined || !isRecord(value)) return undefined;
  const { [part]: old, ...others } = value;
  const left = removePointer(old, rest);
  return left === undefined ? others : { ...others, [part]: left };
}

/** A merge patch (RFC 7396). */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, Json> = { ...(isRecord(target) ? target : {}) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}
