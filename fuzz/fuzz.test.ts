import { describe, expect, it } from 'vitest';
import { faultOfError, faultOfResult } from './judge.js';
import { TARGETS } from './targets.js';
import { tryInput } from './worker.js';

/** The small version of `npm run fuzz`: so many of the same inputs of each target. */
const INPUTS = 60;

describe('every entrance for input of strangers', () => {
  it.each(TARGETS)('$name takes what is right, and answers what is wrong', (target) => {
    const faults = Array.from({ length: INPUTS }, (_, input) => tryInput(target, 1, input));
    expect(faults.flatMap((fault, input) => (fault === undefined ? [] : [{ input, ...fault }]))).toEqual([]);
  });

  it('is judged by what comes of it', () => {
    expect(faultOfResult({ a: [1, Infinity] })).toEqual({ kind: 'not finite', message: '.a.1: Infinity' });
    expect(faultOfResult({ table: Float64Array.of(0, NaN) })).toMatchObject({ message: '.table[1]: NaN' });
    expect(faultOfResult([{ a: 'x', b: null, c: Int32Array.of(1) }, new Map([['k', 2]])])).toBeUndefined();
    expect(faultOfError(new TypeError('x is not a function'))).toMatchObject({ kind: 'crash' });
  });
});
