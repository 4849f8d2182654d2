/** What changes from one kept state to the next, number by number. */

export type Numbers = Int32Array | Float64Array;

/** How an array comes from the one before: by its changed numbers, or, where most changed or it got shorter, as a whole. */
export interface Delta {
  readonly length: number;
  /** Where they changed, rising; undefined for everywhere. */
  readonly at: Uint32Array | undefined;
  readonly values: Numbers;
}

export const bytesOf = ({ at, values }: Delta): number => (at?.byteLength ?? 0) + values.byteLength;

/** An array of numbers that follows a state, and says what changes. */
export class Plane {
  #values: Numbers;
  #length = 0;

  constructor(isInteger: boolean) {
    this.#values = isInteger ? new Int32Array(0) : new Float64Array(0);
  }

  /** A copy of the numbers now. */
  copy(): Numbers {
    return this.#values.slice(0, this.#length);
  }

  /** Takes other numbers. @returns how they differ from those before */
  update(next: ArrayLike<number>): Delta {
    const delta = this.#deltaTo(next);
    this.apply(delta);
    return delta;
  }

  #deltaTo(next: ArrayLike<number>): Delta {
    const { length } = next;
    const isInteger = this.#values instanceof Int32Array;
    const changed =
      this.#values instanceof Int32Array && next instanceof Int32Array
        ? changedIntegers(this.#values, this.#length, next)
        : changedNumbers(this.#values, this.#length, next);
    const isWhole = length < this.#length || changed.length * 2 > length;
    const count = isWhole ? length : changed.length;
    const values = isInteger ? new Int32Array(count) : new Float64Array(count);
    for (let k = 0; k < count; k++) values[k] = next[isWhole ? k : changed[k]];
    return { length, at: isWhole ? undefined : Uint32Array.from(changed), values };
  }

  apply({ length, at, values }: Delta): void {
    this.#room(length);
    this.#length = length;
    if (at === undefined) this.#values.set(values);
    else for (let k = 0; k < at.length; k++) this.#values[at[k]] = values[k];
  }

  #room(length: number): void {
    if (length <= this.#values.length) return;
    const grown =
      this.#values instanceof Int32Array ? new Int32Array(length * 2) : new Float64Array(length * 2);
    grown.set(this.#values);
    this.#values = grown;
  }
}

// One loop for integers alone: they are jobs, and may be millions.
function changedIntegers(before: Int32Array, length: number, next: Int32Array): number[] {
  const changed: number[] = [];
  for (let k = 0; k < next.length; k++) if (k >= length || before[k] !== next[k]) changed.push(k);
  return changed;
}

function changedNumbers(before: Numbers, length: number, next: ArrayLike<number>): number[] {
  const changed: number[] = [];
  for (let k = 0; k < next.length; k++) if (k >= length || !Object.is(before[k], next[k])) changed.push(k);
  return changed;
}

/** One delta in the place of two that follow each other. */
export function merge(first: Delta, second: Delta): Delta {
  if (second.at === undefined) return second;
  const isInteger = second.values instanceof Int32Array;
  if (first.at === undefined) {
    const plane = new Plane(isInteger);
    plane.apply(first);
    plane.apply(second);
    return { length: second.length, at: undefined, values: plane.copy() };
  }
  const most = first.at.length + second.at.length;
  const at = new Uint32Array(most);
  const values = isInteger ? new Int32Array(most) : new Float64Array(most);
  let count = 0;
  let one = 0;
  let other = 0;
  while (one < first.at.length || other < second.at.length) {
    const a = first.at[one] ?? Infinity;
    const b = second.at[other] ?? Infinity;
    at[count] = Math.min(a, b);
    values[count++] = b <= a ? second.values[other] : first.values[one];
    if (a <= b) one++;
    if (b <= a) other++;
  }
  return { length: second.length, at: at.slice(0, count), values: values.slice(0, count) };
}
