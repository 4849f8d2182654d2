import { describe, expect, it } from 'vitest';
import { accuracy, contextExponent, serviceOf } from './accuracy.js';
import { catalogue, catalogueRows, sizeGB } from './catalogue.js';

describe('Table I', () => {
  it('has 22 rows, 6 of them with context', () => {
    expect(catalogue).toHaveLength(22);
    expect(catalogue.filter((entry) => entry.context !== null)).toHaveLength(6);
  });

  it.each(catalogue.filter((entry) => entry.context !== null))(
    'comes back from the law: $model, $task',
    (entry) => {
      const service = serviceOf(entry, 2, 'it');
      const { window, oneShot, fewShot } = entry.context!;
      const at = (k: number): number => accuracy(service.a0, service.one!, service.alpha!, k);
      expect(Math.abs(at(0) - entry.zeroShot)).toBeLessThan(1e-9);
      expect(Math.abs(at(1) - oneShot)).toBeLessThan(1e-9);
      expect(Math.abs(at(window) - fewShot)).toBeLessThan(1e-9);
    },
  );

  it('is linear below one example and continuous there', () => {
    expect(accuracy(20, 30, 0.3, 0.5)).toBeCloseTo(25, 12);
    expect(accuracy(20, 30, 0.3, 1 - 1e-12)).toBeCloseTo(accuracy(20, 30, 0.3, 1), 9);
  });

  it('has a negative exponent where a few examples score below one (13B arithmetic)', () => {
    const alpha = contextExponent(3.79, 15.98, 14.34, 50);
    const ratio = (14.34 - 3.79) / (15.98 - 3.79);
    expect(alpha).toBeCloseTo(Math.log(2 ** ratio - 1) / Math.log(50), 12);
    expect(alpha).toBeLessThan(0);
  });

  it('would exceed 100 % if the caption of Fig. 4 were read literally', () => {
    const superGlue = catalogueRows('GPT3-13B')[2];
    const literal = superGlue.zeroShot + superGlue.context!.oneShot * Math.log2(1 + 1);
    expect(literal).toBeCloseTo(118.7, 9);
  });

  it('sizes models by bytes per parameter', () => {
    expect(sizeGB(12850, 2)).toBe(25.7);
    expect(sizeGB(174600, 2)).toBeCloseTo(349.2, 12);
    expect(sizeGB(22, 0.5)).toBeCloseTo(0.011, 12);
  });
});
