import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../errors/index.js';
import { drawContractInstance } from './draw.js';
import { parseContractInstance } from './instance.js';
import { reference } from './testing/instances.js';

function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidInputError)
      return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

const withTypes = (types: unknown): string[] =>
  problemsOf(() => parseContractInstance({ ...reference, types }));

describe('contract instances', () => {
  it('are taken as they are, with or without their kind', () => {
    expect(parseContractInstance({ kind: 'contract', ...reference })).toEqual(reference);
    expect(parseContractInstance(reference)).toEqual(reference);
  });

  it('name field and type of everything that is wrong', () => {
    const problems = problemsOf(() =>
      parseContractInstance({
        ...reference,
        threshold: -1,
        value: { scale: NaN, unusableShare: 1 },
        types: [
          { efficiency: 1, share: 0.5 },
          { efficiency: 0.9, share: 0.6 },
          { efficiency: -2, share: -0.1, speed: 3 },
        ],
      }),
    );
    const text = problems.join('\n');
    for (const part of [
      /^threshold: /m,
      /^value\.scale: /m,
      /^value\.unusableShare: /m,
      /^types\[1\]\.efficiency: type 1: 0\.9; expected more than the 1 of type 0/m,
      /^types\[2\]\.efficiency: type 2: /m,
      /^types\[2\]\.share: type 2: /m,
      /^types\[2\]\.speed: type 2: /m,
    ]) {
      expect(text).toMatch(part);
    }
  });

  it('have shares that sum to 1 within 1e-9 and efficiencies that increase', () => {
    const pair = (a: number, b: number) => [
      { efficiency: 1, share: a },
      { efficiency: 2, share: b },
    ];
    expect(withTypes(pair(0.5, 0.5 + 5e-10))).toEqual([]);
    expect(withTypes(pair(0.5, 0.5 + 2e-9))).toHaveLength(1);
    expect(withTypes(pair(0.5, 0.4))[0]).toMatch(
      /^types: share of types 0 to 1: they sum to 0\.9; expected 1/,
    );
    expect(withTypes([])).toHaveLength(1);
    expect(
      withTypes([
        { efficiency: 1, share: 0.5 },
        { efficiency: 1, share: 0.5 },
      ])[0],
    ).toMatch(/^types\[1\]\.efficiency/);
  });

  it('refuse other things than instances', () => {
    for (const value of [
      null,
      3,
      'contract',
      [],
      {},
      { ...reference, kind: 'urllc' },
      { ...reference, link: 1 },
    ]) {
      expect(problemsOf(() => parseContractInstance(value))).not.toEqual([]);
    }
  });

  it('are drawn from ordered ranges', () => {
    expect(problemsOf(() => drawContractInstance({ seed: 1, scale: [5, 3] }))[0]).toMatch(/^scale: /);
    expect(problemsOf(() => drawContractInstance({ seed: 1, efficiency: [1, 1] }))[0]).toMatch(
      /^efficiency: /,
    );
    expect(problemsOf(() => drawContractInstance({ seed: -1, types: 0 }))).toHaveLength(2);
    expect(drawContractInstance({ seed: 1, types: 1, efficiency: [1, 1] }).types[0].efficiency).toBe(1);
  });
});
