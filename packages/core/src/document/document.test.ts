import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidInputError } from '../errors/index.js';
import {
  checkKind,
  checkWith,
  formatPath,
  jsonSchemaOf,
  kindOf,
  parsePath,
  parseWith,
  withChanges,
} from './index.js';

const positive = z.number().positive();
const law = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('uniform') }),
  z.strictObject({ model: z.literal('gaussian'), x: z.number(), stdM: positive }),
]);
const schema = z.strictObject({
  name: z.string().min(1),
  count: z.int().min(1).max(9),
  share: z.number().gt(0).lt(1).default(0.5),
  colour: z.enum(['red', 'blue']).optional(),
  points: z.array(z.strictObject({ xM: z.number(), yM: z.number() })).min(1),
  law: law.prefault({ model: 'uniform' }),
  range: z.tuple([z.number(), z.number()]).optional(),
  phases: z
    .union([z.array(z.strictObject({ step: z.int() })), z.strictObject({ every: positive })])
    .optional(),
});
const valid = { name: 'a', count: 2, points: [{ xM: 1, yM: 2 }] };

/** `path: message` of every problem of the valid value with changes. */
function problems(changes: object): string[] {
  return checkWith(schema, { ...valid, ...changes }).problems.map(
    ({ path, message }) => `${path}: ${message}`,
  );
}

describe('problems of a schema', () => {
  it('say what came and what is accepted', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ count: 2.5 })).toEqual(['count: 2.5; expected a whole number']);
    expect(problems({ count: 0 })).toEqual(['count: 0; expected at least 1']);
    expect(problems({ count: '3' })).toEqual(['count: "3"; expected a number']);
    expect(problems({ share: 0 })).toEqual(['share: 0; expected more than 0']);
    expect(problems({ share: 1 })).toEqual(['share: 1; expected less than 1']);
    expect(problems({ share: NaN })).toEqual(['share: NaN; expected a number']);
    expect(problems({ share: Infinity })).toEqual(['share: Infinity; expected a number']);
    expect(problems({ colour: 'green' })).toEqual(['colour: "green"; expected one of "red", "blue"']);
    expect(problems({ name: '' })).toEqual(['name: ""; expected at least 1 character']);
    expect(problems({ name: null })).toEqual(['name: null; expected a text']);
    expect(problems({ points: [] })).toEqual(['points: a list of 0 items; expected at least 1 item']);
    expect(problems({ points: 4 })).toEqual(['points: 4; expected a list']);
    expect(problems({ range: [1] })).toEqual(['range: a list of 1 item; expected at least 2 items']);
  });

  it('say that a field is missing, and name those that are accepted beside an unknown one', () => {
    expect(problems({ points: [{ xM: 1, z: 3, w: 4 }] })).toEqual([
      'points[0].yM: is missing; expected a number',
      'points[0].z: unknown field; accepted: xM, yM',
      'points[0].w: unknown field; accepted: xM, yM',
    ]);
    expect(problems({ colr: 1 })).toEqual([
      'colr: unknown field; accepted: name, count, share, colour, points, law, range, phases',
    ]);
    expect(checkWith(schema, undefined).problems).toEqual([
      { path: '', message: 'is missing; expected an object' },
    ]);
  });

  it('follow the alternative that the value names or whose kind it has', () => {
    expect(problems({ law: { model: 'gauss' } })).toEqual([
      'law.model: "gauss"; expected one of "uniform", "gaussian"',
    ]);
    expect(problems({ law: { model: 'gaussian', x: 1, std: 2 } })).toEqual([
      'law.stdM: is missing; expected a number',
      'law.std: unknown field; accepted: model, x, stdM',
    ]);
    expect(problems({ phases: [{ step: 1, set: 2 }] })).toEqual([
      'phases[0].set: unknown field; accepted: step',
    ]);
    expect(problems({ phases: { every: 0 } })).toEqual(['phases.every: 0; expected more than 0']);
    expect(problems({ phases: 3 })).toEqual(['phases: 3; expected a list or an object']);
  });

  it('keep the text of a refinement, and put the place of the value before the paths', () => {
    const ordered = z
      .tuple([z.number(), z.number()])
      .refine(([low, high]) => low <= high, { message: 'expected the lower end first' });
    expect(checkWith(ordered, [2, 1], ['range']).problems).toEqual([
      { path: 'range', message: 'expected the lower end first' },
    ]);
  });

  it('never leak the words of the validator', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, NaN, Infinity, -0, 1e300));
    const record = fc.record(
      Object.fromEntries([...Object.keys(schema.shape), 'other'].map((name) => [name, anything])),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(record, anything), (value) => {
        for (const { message } of checkWith(schema, value).problems) {
          expect(message).not.toMatch(
            /Invalid|received|Unrecognized|expected (array|object|int)\b|undefined/,
          );
          expect(message).toMatch(/expected|accepted/);
        }
      }),
    );
  });
});

describe('parseWith', () => {
  it('fills in defaults, and throws all problems at once under a name', () => {
    expect(parseWith(schema, valid, 'thing')).toEqual({ ...valid, share: 0.5, law: { model: 'uniform' } });
    const wrong = () => parseWith(schema, { ...valid, count: 0, share: 2 }, 'thing x.yaml');
    expect(wrong).toThrow(InvalidInputError);
    expect(wrong).toThrow(/thing x.yaml: 2 problems\n {2}count: .*\n {2}share: /);
  });

  it('has a JSON Schema with defaults', () => {
    expect(jsonSchemaOf(schema, 'Thing')).toMatchObject({
      title: 'Thing',
      properties: { share: { default: 0.5 } },
      required: ['name', 'count', 'points'],
    });
  });
});

describe('paths', () => {
  it('are written as they are read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.stringMatching(/^[a-z]{1,5}$/), fc.nat(9)), { minLength: 1, maxLength: 5 }),
        (parts) => {
          fc.pre(typeof parts[0] === 'string');
          expect(parsePath(formatPath(parts))).toEqual(parts);
          let at: unknown = withChanges({ a: [1, { b: 2 }] }, { [formatPath(parts)]: 'new' });
          for (const part of parts) at = (at as Record<string | number, unknown>)[part];
          expect(at).toBe('new');
        },
      ),
    );
  });
});

describe('kinds', () => {
  it('are a field of the document, and another one is refused', () => {
    expect([kindOf({ kind: 'a' }), kindOf({}), kindOf({ kind: 3 }), kindOf(null), kindOf([])]).toEqual([
      'a',
      ...Array.from({ length: 4 }, () => undefined),
    ]);
    expect(() => checkKind({}, 'a', 'x')).not.toThrow();
    expect(() => checkKind({ kind: 'a' }, 'a', 'x')).not.toThrow();
    expect(() => checkKind({ kind: 'b' }, 'a', 'x')).toThrow('kind: "b"; expected "a"');
  });
});
