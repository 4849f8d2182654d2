import { describe, expect, it } from 'vitest';
import { RandomStream } from '../random/index.js';
import { scoreMenu, solveContract } from './solve.js';
import { formulas } from './testing/brute-force.js';
import { randomInstance, reference } from './testing/instances.js';

const states = Array.from({ length: 25 }, (_, k) => randomInstance(k, new RandomStream(k, 'test/heuristic')));

describe('heuristics', () => {
  it('are the published ones at the reference', () => {
    const { baselines, utility } = solveContract(reference);
    const { firstBest, oneItem, linearPrice, fullInformationMenu } = baselines;
    const found = [firstBest, oneItem, linearPrice, fullInformationMenu];
    const published = [8.0063, 6.9966, 6.7654, 6.9966];
    found.forEach((value, k) => expect(Math.abs(value - published[k])).toBeLessThan(5e-5));
    const axis = [utility, ...found].map((value) => ((190 / 7.292356) * value).toFixed(1));
    expect(axis).toEqual(['190.0', '208.6', '182.3', '176.3', '182.3']);
  });

  it('post what they say: the utility is that of the menu', () => {
    for (const instance of states) {
      for (const method of ['one-item', 'linear', 'full-information'] as const) {
        const solution = solveContract(instance, method);
        const posted = scoreMenu(instance, solution.menu, method);
        expect(posted.utility).toBe(solution.utility);
        const { oneItem, linearPrice, fullInformationMenu } = solution.baselines;
        const said = { 'one-item': oneItem, linear: linearPrice, 'full-information': fullInformationMenu };
        expect(solution.utility).toBeCloseTo(said[method], 9);
        expect(solution.status).toBe('feasible');
      }
    }
  });

  it('one item: no single item on a fine grid is better', () => {
    for (const instance of states) {
      const { cost, value } = formulas(instance);
      let best = 0;
      instance.types.forEach(({ efficiency }, lowest) => {
        const served = instance.types.slice(lowest).reduce((sum, { share }) => sum + share, 0);
        for (let k = 1; k <= 2000; k++) {
          const q = (instance.maxMbit * k) / 2000;
          best = Math.max(best, served * (value(q) - instance.threshold - cost(q) / efficiency));
        }
      });
      const { oneItem } = solveContract(instance).baselines;
      expect(oneItem).toBeGreaterThanOrEqual(best - 1e-12);
      expect(oneItem - best).toBeLessThan(1e-4);
    }
  });

  it('linear price: no price on a fine grid is better, and it is one price', () => {
    for (const instance of states) {
      const { cost, value, marginalCost } = formulas(instance);
      const supply = (price: number, efficiency: number): number => {
        let low = 0;
        let high = instance.maxMbit;
        for (let step = 0; step < 40; step++) {
          const middle = (low + high) / 2;
          if (marginalCost(middle) < price * efficiency) low = middle;
          else high = middle;
        }
        return low;
      };
      let best = 0;
      const highest = instance.value.scale;
      for (let k = 1; k <= 400; k++) {
        const price = (highest * k) / 400;
        let gain = 0;
        for (const { efficiency, share } of instance.types) {
          const q = supply(price, efficiency);
          if (price * q - cost(q) / efficiency >= instance.threshold) gain += share * (value(q) - price * q);
        }
        best = Math.max(best, gain);
      }
      const { menu, utility } = solveContract(instance, 'linear');
      expect(utility).toBeGreaterThanOrEqual(best - 1e-9);
      const prices = menu.flatMap((item) => (item === null ? [] : [item.payment / item.mbit]));
      for (const price of prices) expect(price).toBeCloseTo(prices[0], 9);
    }
  });
});
