import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../random/index.js';
import { modelOf } from './instance.js';
import { OptimalMenu, virtualWeights } from './optimal-menu.js';
import { scoreMenu, solveContract } from './solve.js';
import { bruteForce, formulas } from './testing/brute-force.js';
import { inOtherMoney, randomInstance, reference } from './testing/instances.js';

const states = Array.from({ length: 200 }, (_, k) => randomInstance(k, new RandomStream(k, 'test/state')));

describe('the optimal menu', () => {
  it('is the published one at the reference', () => {
    const solution = solveContract(reference);
    expect(solution).toMatchObject({ method: 'optimal', status: 'optimal', share: 1, choices: [0, 1, 2, 3] });
    expect(Math.abs(solution.utility - 7.292356)).toBeLessThan(5e-7);
    const items = solution.menu.map((item) => [item?.mbit ?? NaN, item?.payment ?? NaN]);
    const published = [
      [2.9143, 1.4166],
      [3.9236, 2.0521],
      [4.6499, 2.5796],
      [5.2407, 3.0502],
    ];
    items.flat().forEach((x, k) => expect(Math.abs(x - published.flat()[k])).toBeLessThan(6e-5));
    expect(solution.binding).toEqual([
      { constraint: 'IR', type: 0 },
      { constraint: 'IC', type: 1, item: 0 },
      { constraint: 'IC', type: 2, item: 1 },
      { constraint: 'IC', type: 3, item: 2 },
    ]);
  });

  it('loses what the published one loses by payments 1 % off', () => {
    const { menu } = solveContract(reference);
    const off = (factor: number): number =>
      (190 / 7.292356) *
      scoreMenu(
        reference,
        menu.map((item) => item && { ...item, payment: item.payment * factor }),
        'off',
      ).utility;
    expect(off(0.99)).toBeCloseTo(147.75, 2);
    expect(off(1.01)).toBeCloseTo(189.41, 2);
  });

  it('equals a brute force over poolings within 1e-9 on 200 random states of 1 to 8 types', () => {
    const gaps = states.map((instance) => Math.abs(solveContract(instance).utility - bruteForce(instance)));
    expect(Math.max(...gaps)).toBeLessThan(1e-9);
    const menus = states.map((instance) => solveContract(instance));
    // The states show what they are for: pools, types shut out, nobody worth buying from.
    expect(menus.filter(({ pooled }) => pooled.length > 0).length).toBeGreaterThan(50);
    expect(menus.filter(({ menu }) => menu.includes(null) && menu.at(-1) !== null).length).toBeGreaterThan(5);
    expect(menus.filter(({ menu }) => menu.every((item) => item === null)).length).toBeGreaterThan(2);
  });

  it('gives every type its threshold and no wish for an item that is not its own, to 1e-9', () => {
    for (const instance of states) {
      const { cost } = formulas(instance);
      const { menu } = solveContract(instance);
      instance.types.forEach(({ efficiency }, type) => {
        const utility = (k: number): number => {
          const item = menu[k];
          return item === null ? -Infinity : item.payment - cost(item.mbit) / efficiency;
        };
        const best = Math.max(...menu.map((_item, k) => utility(k)));
        if (menu[type] === null) expect(best).toBeLessThan(instance.threshold + 1e-9);
        else {
          expect(utility(type)).toBeGreaterThan(instance.threshold - 1e-9);
          expect(utility(type)).toBeGreaterThan(best - 1e-9);
        }
      });
    }
  });

  it('needs ironing: choosing q type by type claims more than there is', () => {
    const claims = Array.from({ length: 200 }, (_, seed) => {
      const model = modelOf(randomInstance(seed, new RandomStream(0, 'test/usual')));
      const weights = new Float64Array(model.types);
      virtualWeights(model, weights);
      let claim = 0;
      weights.forEach((weight, type) => {
        const q = model.bestMbit(weight / model.share[type]);
        claim += model.share[type] * (model.value(q) - model.threshold) - weight * model.cost(q);
      });
      return claim / new OptimalMenu(model.types).solve(model);
    });
    expect(Math.max(...claims)).toBeGreaterThan(1.03);
  });

  it('scales with the money it is counted in', () => {
    for (const k of [1e-3, 0.5, 7, 1e6, 1e9]) {
      for (const instance of states.slice(0, 60)) {
        const { utility } = solveContract(instance);
        const scaled = solveContract(inOtherMoney(instance, k)).utility;
        expect(Math.abs(scaled / k - utility)).toBeLessThan(1e-9 * Math.max(1, utility));
      }
    }
  });

  it('is between every heuristic and the first best', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const instance = randomInstance(seed, new RandomStream(seed, 'test/order'), 12);
        const { utility, baselines } = solveContract(instance);
        const { oneItem, linearPrice, fullInformationMenu, firstBest } = baselines;
        expect(utility).toBeGreaterThanOrEqual(Math.max(0, oneItem, linearPrice, fullInformationMenu) - 1e-9);
        expect(utility).toBeLessThanOrEqual(firstBest + 1e-9);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('is not beaten by menus around it', () => {
    for (const [k, instance] of states.slice(0, 40).entries()) {
      const { menu, utility } = solveContract(instance);
      const stream = new RandomStream(k, 'test/around');
      for (let trial = 0; trial < 100; trial++) {
        const width = 10 ** (-4 * stream.uniform());
        const other = menu.map((item) =>
          item === null || stream.uniform() < 0.1
            ? { mbit: instance.maxMbit * stream.uniform(), payment: 5 * stream.uniform() }
            : {
                mbit: Math.min(instance.maxMbit, Math.abs(item.mbit * (1 + width * stream.normal()))),
                payment: item.payment * (1 + width * stream.normal()),
              },
        );
        expect(scoreMenu(instance, other, 'other').utility).toBeLessThanOrEqual(utility + 1e-9);
      }
    }
  });

  it('is the first best for a single type', () => {
    for (let seed = 0; seed < 20; seed++) {
      const instance = randomInstance(seed, new RandomStream(seed, 'test/single'), 1);
      const { utility, baselines } = solveContract(instance);
      expect(utility).toBeCloseTo(baselines.firstBest, 12);
    }
  });

  it('is empty where nobody is worth buying from', () => {
    for (const change of [
      { threshold: 30 },
      { value: { scale: 0, unusableShare: 0 } },
      { cost: { perJoule: 1e9, perMbit: 0 } },
    ]) {
      for (const method of ['optimal', 'one-item', 'linear', 'first-best', 'full-information'] as const) {
        const solution = solveContract({ ...reference, ...change }, method);
        expect(solution).toMatchObject({
          utility: 0,
          share: 1,
          menu: [null, null, null, null],
          choices: [null, null, null, null],
          providerUtility: [0, 0, 0, 0],
          pooled: [],
          binding: [],
        });
      }
    }
  });

  it('bears types without providers, free data and links that hardly carry anything', () => {
    const [a, b, c, d] = reference.types;
    const instances = [
      { ...reference, types: [a, { ...b, share: 0 }, { ...c, share: 0.6 }, d] },
      { ...reference, types: [{ ...a, share: 0 }, { ...b, share: 0.7 }, c, { ...d, share: 0 }] },
      { ...reference, cost: { perJoule: 0, perMbit: 0 } },
      { ...reference, cost: { perJoule: 4, perMbit: 0 } },
      { ...reference, link: { ...reference.link, bandwidthMhz: 0.05 } },
      { ...reference, link: { snrPerWattDb: 60, bandwidthMhz: 1e-3, roundS: 1 }, threshold: 0 },
    ];
    for (const instance of instances) {
      const { utility, menu, choices } = solveContract(instance);
      expect(utility).toBeGreaterThan(0);
      expect(Math.abs(utility - bruteForce(instance))).toBeLessThan(1e-9);
      expect(choices).toEqual(menu.map((item, type) => (item === null ? null : type)));
      for (const item of menu) expect(item === null || Number.isFinite(item.payment)).toBe(true);
    }
  });
});
