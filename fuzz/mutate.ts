import type { RandomStream } from '@metalore/core/random';

const NUMBERS = [
  ...[0, -0, 1, -1, 2, 0.5, 1e-300, 1e-12, 1e-3, 3, 7, 100, 1e6, 1e9, 1e16, 1e300],
  ...[2 ** 31, 2 ** 53, -1e9, NaN, Infinity, -Infinity],
];
const OTHERS: readonly unknown[] = [
  null,
  true,
  false,
  '',
  'x',
  '1',
  '__proto__',
  'fixed:0.3,0.3',
  [],
  {},
  [[]],
  [0],
];
const DEEP = 60;

export const integer = (random: RandomStream, below: number) => Math.floor(random.uniform() * below);
export const pick = <T>(random: RandomStream, from: readonly T[]): T => from[integer(random, from.length)];

/** A document with one to four changes: what a slip, a wrong program or an enemy may do to it. */
export function mutate(document: unknown, random: RandomStream): unknown {
  const changed = structuredClone(document);
  const holder = { document: changed };
  for (let left = 1 + integer(random, 4); left > 0; left--) change(holder, random);
  return holder.document;
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Every value in a document, by what holds it. */
function* places(value: unknown): Iterable<Place> {
  if (typeof value !== 'object' || value === null) return;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    yield { holder, key };
    yield* places(holder[key]);
  }
}

const copyOf = ({ holder, key }: Place): unknown => structuredClone(holder[key]);

function change(root: { document: unknown }, random: RandomStream): void {
  const all = [...places(root)];
  if (all.length === 0) return;
  const { holder, key } = pick(random, all);
  const value = holder[key];
  const kind = random.uniform();
  if (kind < 0.45) holder[key] = typeof value === 'number' ? otherNumber(value, random) : otherValue(random);
  else if (kind < 0.55) delete holder[key];
  else if (kind < 0.65) holder[key] = copyOf(pick(random, all));
  else if (kind < 0.75) resize(holder, key, random);
  else if (kind < 0.85) holder[`${key}${pick(random, ['x', 'S', '_'])}`] = value;
  else if (kind < 0.9) holder[key] = nested(integer(random, DEEP), random);
  else holder[key] = otherValue(random);
}

function otherNumber(value: number, random: RandomStream): number {
  const kind = random.uniform();
  if (kind < 0.4) return pick(random, NUMBERS);
  if (kind < 0.7) return value * 10 ** (integer(random, 13) - 6);
  if (kind < 0.85) return -value;
  return value + (random.uniform() - 0.5) * Math.abs(value);
}

const otherValue = (random: RandomStream) =>
  random.uniform() < 0.5 ? pick(random, NUMBERS) : structuredClone(pick(random, OTHERS));

/** Makes a list longer or shorter, or empties it. */
function resize(holder: Record<string, unknown>, key: string, random: RandomStream): void {
  const list = holder[key];
  if (!Array.isArray(list)) return;
  const kind = random.uniform();
  if (kind < 0.3) holder[key] = [];
  else if (kind < 0.6) list.push(...(structuredClone(list.slice(0, 3)) as unknown[]));
  else list.splice(integer(random, list.length), 1);
}

function nested(depth: number, random: RandomStream): unknown {
  let value: unknown = pick(random, NUMBERS);
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { x: value };
  return value;
}

const PIECES = [
  '',
  '\0',
  '\r',
  '\n',
  '\t',
  ',',
  ';',
  '"',
  "'",
  ':',
  '-',
  '#',
  '&a',
  '*a',
  '<<',
  '{',
  '}',
  '[',
  ']',
  'é',
  '\u{1f600}',
  '\uFEFF',
];

/** A text with one to four changes. */
export function mutateText(text: string, random: RandomStream): string {
  let changed = text;
  for (let left = 1 + integer(random, 4); left > 0; left--) {
    const at = integer(random, changed.length + 1);
    const end = Math.min(changed.length, at + integer(random, 12));
    const kind = random.uniform();
    if (kind < 0.3) changed = changed.slice(0, at) + pick(random, PIECES) + changed.slice(end);
    else if (kind < 0.5) changed = changed.slice(0, at) + changed.slice(end);
    else if (kind < 0.7) changed = changed.slice(0, at) + String(pick(random, NUMBERS)) + changed.slice(end);
    else if (kind < 0.85) changed = changed.slice(0, at) + changed.slice(at, at + 40) + changed.slice(at);
    else changed = changed.slice(0, at);
  }
  return changed;
}

/** Bytes with one to four changes. */
export function mutateBytes(bytes: Uint8Array, random: RandomStream): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (let left = 1 + integer(random, 4); left > 0 && changed.length > 0; left--) {
    const at = integer(random, changed.length);
    changed[at] = random.uniform() < 0.5 ? integer(random, 256) : changed[at] ^ (1 << integer(random, 8));
  }
  return random.uniform() < 0.2 ? changed.subarray(0, integer(random, changed.length)) : changed;
}
