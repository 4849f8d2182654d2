/** Numbers of a state that is kept: in blocks, so that states which follow one another share those that did not change. */

/** Numbers in a block. */
const BLOCK = 4096;

type Numbers = Int32Array | Float64Array;

/** An array as blocks of {@link BLOCK} numbers, the last one shorter. */
export class Blocks {
  constructor(
    readonly parts: readonly Numbers[],
    readonly length: number,
  ) {}

  /** Copies an array; blocks that are those of `before`, place by place, are taken from there. */
  static of(values: ArrayLike<number>, before: Blocks | undefined): Blocks {
    const parts: Numbers[] = [];
    for (let from = 0; from < values.length; from += BLOCK) {
      const to = Math.min(values.length, from + BLOCK);
      const old = before?.parts[from / BLOCK];
      parts.push(old !== undefined && isSame(old, values, from, to) ? old : copyOf(values, from, to));
    }
    return new Blocks(parts, values.length);
  }

  /** The array again. */
  join(): Numbers {
    const whole = this.parts.every((part) => part instanceof Int32Array)
      ? new Int32Array(this.length)
      : new Float64Array(this.length);
    this.parts.forEach((part, at) => whole.set(part, at * BLOCK));
    return whole;
  }
}

function isSame(block: Numbers, values: ArrayLike<number>, from: number, to: number): boolean {
  if (block.length !== to - from) return false;
  if (block instanceof Int32Array && values instanceof Int32Array) return areSame(block, values, from);
  for (let at = from; at < to; at++) if (!Object.is(block[at - from], values[at])) return false;
  return true;
}

/** Of integers alone, as jobs are millions. */
function areSame(block: Int32Array, values: Int32Array, from: number): boolean {
  for (let at = 0; at < block.length; at++) if (block[at] !== values[from + at]) return false;
  return true;
}

/** In 32 bits where all are such integers. */
function copyOf(values: ArrayLike<number>, from: number, to: number): Numbers {
  if (values instanceof Int32Array) return values.slice(from, to);
  const copy = Float64Array.from({ length: to - from }, (_, at) => values[from + at]);
  return copy.every((value) => Object.is(value, value | 0)) ? Int32Array.from(copy) : copy;
}

const isNumbers = (value: unknown): value is ArrayLike<number> =>
  ArrayBuffer.isView(value) || (Array.isArray(value) && typeof value[0] === 'number');

/** Copies plain data, with the arrays of numbers in it in blocks. @param before what is alike in it is shared */
export function packState(value: unknown, before?: unknown): unknown {
  if (isNumbers(value)) return Blocks.of(value, before instanceof Blocks ? before : undefined);
  if (typeof value !== 'object' || value === null) return value;
  const old = before as Record<string, unknown> | undefined;
  if (Array.isArray(value)) return value.map((part, at) => packState(part, old?.[at]));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, packState(part, old?.[key])]));
}

/** The data again; what was an array of numbers may be a typed one now. */
export function unpackState(packed: unknown): unknown {
  if (packed instanceof Blocks) return packed.join();
  if (typeof packed !== 'object' || packed === null) return packed;
  if (Array.isArray(packed)) return packed.map(unpackState);
  return Object.fromEntries(Object.entries(packed).map(([key, part]) => [key, unpackState(part)]));
}

/** All blocks of packed data. */
export function* blocksOf(packed: unknown): Generator<Numbers> {
  if (packed instanceof Blocks) yield* packed.parts;
  else if (typeof packed === 'object' && packed !== null)
    for (const part of Object.values(packed)) yield* blocksOf(part);
}
