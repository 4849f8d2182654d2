import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cosineOfTurns } from './cosine.js';

it('is the cosine of so many turns, exact at quarters, and even', () => {
  for (const [turns, value] of [
    [0, 1],
    [0.25, 0],
    [0.5, -1],
    [-0.75, 0],
    [7, 1],
    [1e9 + 0.5, -1],
  ] as const)
    expect(cosineOfTurns(turns)).toBeCloseTo(value, 15);
  fc.assert(
    fc.property(fc.double({ min: -3, max: 3, noNaN: true }), (turns) => {
      expect(Math.abs(cosineOfTurns(turns) - Math.cos(2 * Math.PI * turns))).toBeLessThan(2e-15);
      expect(cosineOfTurns(-turns)).toBe(cosineOfTurns(turns));
    }),
  );
});
