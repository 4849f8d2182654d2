import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { View, WHOLE_VIEW, type Rule } from './view.js';

/** All parts of a small thing, three names at each of three levels; `z` is named by no rule. */
const NAMES = ['a', 'b', 'z'];
const PARTS = NAMES.flatMap((x) => [[x], ...NAMES.flatMap((y) => [[x, y], ...NAMES.map((w) => [x, y, w])])]);
const ALL: string[][] = [[], ...PARTS];

const ruleOf = fc.record({
  path: fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }),
  grant: fc.subarray(['READ', 'WRITE']),
  revoke: fc.subarray(['READ', 'WRITE']),
});

/** As the documentation of Ditto tells it: from the top down, each level may take back what the ones above it said. */
function granted(rules: readonly Rule[], path: readonly string[]): boolean {
  let state = false;
  for (let length = 0; length <= path.length; length++) {
    const here = rules.filter(
      ({ path: named }) => named.join('/') === path.slice(0, length).join('/') && named.length === length,
    );
    if (here.some(({ grant }) => grant.includes('READ'))) state = true;
    if (here.some(({ revoke }) => revoke.includes('READ'))) state = false;
  }
  return state;
}

describe('a view', () => {
  it('is what every part says, level by level', () => {
    fc.assert(
      fc.property(fc.array(ruleOf, { maxLength: 6 }), (rules) => {
        const view = new View(rules);
        for (const path of ALL) {
          const below = ALL.filter((part) => path.every((name, at) => part[at] === name));
          expect(view.grants('READ', path)).toBe(granted(rules, path));
          expect(view.grantsAll('READ', path)).toBe(below.every((part) => granted(rules, part)));
          expect(view.grantsAny('READ', path)).toBe(below.some((part) => granted(rules, part)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('cuts a value to exactly the leaves that may be read', () => {
    const value = Object.fromEntries(
      NAMES.map((x) => [
        x,
        Object.fromEntries(NAMES.map((y) => [y, Object.fromEntries(NAMES.map((w) => [w, 1]))])),
      ]),
    );
    const leavesOf = (part: unknown, path: string[] = []): string[] =>
      typeof part === 'object' && part !== null
        ? Object.entries(part).flatMap(([name, below]) => leavesOf(below, [...path, name]))
        : part === undefined
          ? []
          : [path.join('/')];
    fc.assert(
      fc.property(fc.array(ruleOf, { maxLength: 6 }), (rules) => {
        const expected = ALL.filter((path) => path.length === 3 && granted(rules, path)).map((path) =>
          path.join('/'),
        );
        expect(leavesOf(new View(rules).readable(value))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
    expect(WHOLE_VIEW.readable(value)).toBe(value);
  });
});
