import { bytesOf, merge, Plane, type Delta } from './delta.js';

/** Bytes that the kept states of a run may have in all. */
const MAX_BYTES = 224_000_000;
/** A gap between kept states this many times as long as the way from its beginning is filled anew. */
const WIDE = 4;

interface Kept<Context> {
  readonly step: number;
  /** The state without its arrays of numbers, in whose place their {@link Path} stands. */
  readonly rest: unknown;
  /** By path, from the state that is kept before it. */
  deltas: ReadonlyMap<string, Delta>;
  bytes: number;
  readonly context: Context;
}

/** Where in the state an array of numbers stands. */
class Path {
  constructor(readonly text: string) {}
}

/**
 * States of a run along its way, to go back to: each as what changed since the one before, as dense as memory allows, and
 * thinner the farther they are from the last one.
 */
export class Keyframes<State, Context> {
  readonly #kept: Kept<Context>[] = [];
  /** The arrays of one of the kept states, and which one. */
  #planes = new Map<string, Plane>();
  #current = -1;
  #bytes = 0;

  constructor(readonly maxBytes = MAX_BYTES) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Steps of the kept states, rising. */
  get steps(): number[] {
    return this.#kept.map(({ step }) => step);
  }

  /**
   * Keeps a copy of a state. Where later ones are kept and near, nothing is; where they are far, they are given up for it.
   *
   * @param state plain data; an array whose first is a number is one of numbers
   * @param context kept with it as it is
   */
  keep(step: number, state: () => State, context: Context): void {
    const at = this.#kept.findLastIndex((one) => one.step <= step);
    const before = this.#kept[at];
    const after = this.#kept[at + 1];
    if (before?.step === step) return;
    if (after !== undefined) {
      if (after.step - before.step <= WIDE * (step - before.step)) return;
      this.forgetAfter(before.step);
    }
    this.#goTo(at);
    const deltas = new Map<string, Delta>();
    const rest = takeApart(state(), '', (path, numbers) =>
      deltas.set(path, this.#plane(path, numbers instanceof Int32Array).update(numbers)),
    );
    const bytes = sizeOf(deltas);
    this.#kept.push({ step, rest, deltas, bytes, context });
    this.#bytes += bytes;
    this.#current = at + 1;
    while (this.#bytes > this.maxBytes && this.#kept.length > 2) this.#thin();
  }

  /** Step of the last kept state before a step. */
  before(step: number): number | undefined {
    return this.#kept.findLast((one) => one.step < step)?.step;
  }

  /** A kept state; what was an array of numbers may be a typed one. */
  at(step: number): { readonly state: State; readonly context: Context } {
    const index = this.#kept.findIndex((one) => one.step === step);
    this.#goTo(index);
    const { rest, context } = this.#kept[index];
    return { state: putTogether(rest, this.#planes) as State, context };
  }

  /** Forgets what is later than a step. */
  forgetAfter(step: number): void {
    while ((this.#kept.at(-1)?.step ?? -1) > step) this.#bytes -= this.#kept.pop()!.bytes;
    if (this.#current >= this.#kept.length) this.#current = Infinity;
  }

  /** Has the arrays of a kept state at hand. */
  #goTo(index: number): void {
    if (this.#current > index) {
      this.#planes.clear();
      this.#current = -1;
    }
    while (this.#current < index) {
      const { deltas } = this.#kept[++this.#current];
      for (const [path, delta] of deltas) this.#plane(path, delta.values instanceof Int32Array).apply(delta);
    }
  }

  #plane(path: string, isInteger: boolean): Plane {
    let plane = this.#planes.get(path);
    if (plane === undefined) this.#planes.set(path, (plane = new Plane(isInteger)));
    return plane;
  }

  /** Gives up the state whose loss leaves the shortest way to go, for how far it is from the last; never an end. */
  #thin(): void {
    const kept = this.#kept;
    const last = kept.length - 1;
    let best = 1;
    let least = Infinity;
    for (let at = 1; at < last; at++) {
      const missed = (kept[at + 1].step - kept[at - 1].step) / (kept[last].step - kept[at].step);
      if (missed >= least) continue;
      least = missed;
      best = at;
    }
    const [{ deltas, bytes }] = kept.splice(best, 1);
    const next = kept[best];
    this.#bytes -= bytes + next.bytes;
    const merged = new Map(deltas);
    for (const [path, delta] of next.deltas) {
      const first = deltas.get(path);
      merged.set(path, first === undefined ? delta : merge(first, delta));
    }
    next.deltas = merged;
    next.bytes = sizeOf(merged);
    this.#bytes += next.bytes;
    this.#current--;
  }
}

const sizeOf = (deltas: ReadonlyMap<string, Delta>) =>
  [...deltas.values()].reduce((sum, delta) => sum + bytesOf(delta), 0);

const isNumbers = (value: unknown): value is ArrayLike<number> =>
  ArrayBuffer.isView(value) || (Array.isArray(value) && typeof value[0] === 'number');

/** The state with paths in the place of its arrays of numbers, each of which is told. */
function takeApart(
  value: unknown,
  path: string,
  tell: (path: string, numbers: ArrayLike<number>) => void,
): unknown {
  if (isNumbers(value)) {
    tell(path, value);
    return new Path(path);
  }
  return mapParts(value, (part, key) => takeApart(part, `${path}/${key}`, tell));
}

function putTogether(rest: unknown, planes: ReadonlyMap<string, Plane>): unknown {
  if (rest instanceof Path) return planes.get(rest.text)!.copy();
  return mapParts(rest, (part) => putTogether(part, planes));
}

function mapParts(value: unknown, of: (part: unknown, key: string) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part, at) => of(part, String(at)));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, of(part, key)]));
}
