import { Refusal } from './refusal.js';

/** Longest id of a thing, and longest name of a feature or property, characters. */
export const MAX_NAME = 256;

/** Ids as Ditto has them: `namespace:name`, or a name alone; no slash, no control characters. */

export const THING_ID =
  /^(?:(?:[A-Za-z]\w*(?:[.-]\w+)*)?:)?[^\x00-\x20\x7F-\x9F/:+#?\\][^\x00-\x1F\x7F-\x9F/+#?\\]*$/;

export const NAME = /^[^\x00-\x1F\x7F-\x9F/]+$/;

/** Whether this can be the id of a thing. */
export function isThingId(id: string): boolean {
  return id.length <= MAX_NAME && id !== '.' && id !== '..' && id !== '__proto__' && THING_ID.test(id);
}

/** Whether this can be the name of a feature or property. */
export function isName(name: string): boolean {
  return name.length <= MAX_NAME && name !== '__proto__' && NAME.test(name);
}

/** @throws Refusal for what is no id of a thing */
export function checkThingId(id: string): void {
  if (isThingId(id)) return;
  throw new Refusal(
    'name',
    `${quote(id)} is no id of a thing: accepted are namespace:name and name, without slashes, spaces first and control ` +
      `characters, at most ${MAX_NAME} characters`,
  );
}

/** @throws Refusal for what is no name of a feature or property */
export function checkName(name: string): void {
  if (!isName(name)) throw new Refusal('name', `${quote(name)} is no name of a feature or property`);
}

/** A foreign text as it may stand in a log: short, on one line. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 61)}...` : text);
}
