import type { BoxSpace } from '@metalore/core/environment';
import { logScale } from './encoder.js';
import type { Moments } from './running-moments.js';

/** Moments of a uniform draw between the bounds of each component; 0 and 1 where a bound is not finite. */
export function spaceMoments({ low, high }: BoxSpace, scale: 'linear' | 'log'): Moments {
  const scaled = (x: number) => (scale === 'log' ? logScale(x) : x);
  const ranges = Array.from(low, (least, k) => [scaled(least), scaled(high[k])]).map(([a, b]) =>
    Number.isFinite(a) && Number.isFinite(b) && a < b ? [(a + b) / 2, (b - a) ** 2 / 12] : [0, 1],
  );
  return { count: 1, mean: ranges.map(([mean]) => mean), variance: ranges.map(([, variance]) => variance) };
}
