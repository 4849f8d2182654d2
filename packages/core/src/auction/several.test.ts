import { describe, expect, it } from 'vitest';
import { RandomStream } from '../random/index.js';
import { bestAssignment } from './assignment.js';
import type { AuctionInstance } from './instance.js';
import { mtepvisaChoice } from './mechanism.js';
import { runAuction } from './outcome.js';
import { sellSeveral } from './several.js';
import { randomMarket } from './testing/random-market.js';

/** Largest total by trying everything. */
function enumerate(worth: Float64Array, units: number, vehicles: number, unit = 0, taken = 0): number {
  if (unit === units) return 0;
  let best = enumerate(worth, units, vehicles, unit + 1, taken);
  for (let i = 0; i < vehicles; i++) {
    if ((taken >> i) & 1) continue;
    const rest = enumerate(worth, units, vehicles, unit + 1, taken | (1 << i));
    best = Math.max(best, worth[unit * vehicles + i] + rest);
  }
  return best;
}

describe('assignment', () => {
  it('is the best of all', () => {
    const stream = new RandomStream(1, 'assignment');
    for (let trial = 0; trial < 1000; trial++) {
      const units = 1 + stream.integer(4);
      const vehicles = 1 + stream.integer(5);
      const worth = Float64Array.from({ length: units * vehicles }, () =>
        trial % 2 === 0 ? stream.uniform() : stream.integer(3),
      );
      const assigned = bestAssignment(worth, units, vehicles);
      const used = [...assigned].filter((i) => i >= 0);
      expect(new Set(used).size).toBe(used.length);
      const total = assigned.reduce((sum, i, r) => (i < 0 ? sum : sum + worth[r * vehicles + i]), 0);
      expect(total).toBeCloseTo(enumerate(worth, units, vehicles), 12);
    }
  });
});

describe('several cycles at once', () => {
  const stream = new RandomStream(2, 'several');
  const draw = () => {
    const instance = randomMarket(stream, { most: 4 });
    const units = Array.from({ length: 1 + stream.integer(3) }, () => ({
      bandwidthHz: 20e6 * (0.5 + stream.uniform()),
      computeHz: 16e9 * (0.5 + stream.uniform()),
    }));
    return { instance, units };
  };

  it('of one unit are mtepvisa-choice', () => {
    for (let trial = 0; trial < 500; trial++) {
      const { instance } = draw();
      const [sale] = sellSeveral(instance).sales;
      const { winner, tasks, price, simulator, simulatorPrice } = runAuction(instance, mtepvisaChoice);
      expect([sale.winner, sale.tasks, sale.simulator]).toEqual([winner, tasks, simulator]);
      expect(sale.price).toBeCloseTo(price, 10);
      expect(sale.simulatorPrice).toBe(simulatorPrice);
    }
  });

  it('leave no vehicle worse off, and none gains by lies in values or hidden tasks', () => {
    let lies = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const { instance, units } = draw();
      const utility = (said: AuctionInstance, i: number, kept: readonly number[]): number => {
        const sale = sellSeveral(said, units).sales.find(({ winner }) => winner === i);
        if (sale === undefined) return 0;
        const { tasks } = instance.vehicles[i];
        return sale.tasks.reduce((sum, n) => sum + tasks[kept[n]].value, 0) - sale.price;
      };
      const i = stream.integer(instance.vehicles.length);
      const all = instance.vehicles[i].tasks.map((_, n) => n);
      const honest = utility(instance, i, all);
      expect(honest).toBeGreaterThan(-1e-9);
      for (let lie = 0; lie < 3; lie++) {
        const kept = all.filter(() => stream.integer(3) > 0);
        const tasks = kept.map((n) => {
          const task = instance.vehicles[i].tasks[n];
          return { ...task, value: task.value * 3 * stream.uniform() };
        });
        const vehicles = instance.vehicles.map((vehicle, k) => (k === i ? { ...vehicle, tasks } : vehicle));
        expect(utility({ ...instance, vehicles }, i, kept) - honest).toBeLessThan(1e-9);
        lies++;
      }
    }
    expect(lies).toBe(6000);
  });
});
