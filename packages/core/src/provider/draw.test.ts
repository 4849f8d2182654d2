import { describe, expect, it } from 'vitest';
import { drawInstance } from './index.js';

describe('a drawn world', () => {
  it('has the minima and full measures of its kind, all of them', () => {
    const { providers } = drawInstance({ seed: 3, providers: 400 });
    const valuesOf = (of: (provider: (typeof providers)[number]) => number) =>
      [...new Set(providers.map(of))].sort((a, b) => a - b);
    const tens = Array.from({ length: 10 }, (_, n) => n);
    expect(valuesOf(({ minSteps }) => minSteps)).toEqual(tens.map((n) => 10 * n));
    expect(valuesOf(({ fullSteps }) => fullSteps)).toEqual(tens.map((n) => 150 + 10 * n));
    expect(valuesOf(({ minQuality }) => minQuality)).toEqual(tens.map((n) => n / 20));
    expect(valuesOf(({ fullQuality }) => fullQuality)).toEqual(tens.map((n) => (10 + n) / 20));
    expect(providers.every(({ capacity }) => capacity % 100 === 0 && capacity > 0)).toBe(true);
  });
});
