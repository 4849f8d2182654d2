import { createRequire } from 'node:module';
import type { Highs } from 'highs';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../random/index.js';
import { CachingSearch, cutValue, type Cut } from './cuts.js';

const highsLoader = createRequire(import.meta.url)('highs') as () => Promise<Highs>;

/** Random cuts over random tasks, one of them a feasibility cut. */
function randomCase(seed: number) {
  const random = new RandomStream(seed, 'cuts');
  const count = 6 + random.integer(9);
  const column = (low: number, high: number) =>
    Float64Array.from({ length: count }, () => low + (high - low) * random.uniform());
  const sizes = column(1, 40).map(Math.round);
  const fixed = Int8Array.from({ length: count }, (_, m) => (m === 0 ? 1 : m === 1 ? -1 : 0));
  const capacity = Math.round(sizes[0] + 0.4 * sizes.reduce((sum, size) => sum + size, 0));
  const cut = (optimality: boolean, base: number): Cut => ({
    optimality,
    base,
    cached: column(0, 1),
    uncached: column(0.5, 3),
    lambda: 0,
    mu: 0,
  });
  // A third of the cases have no set that keeps the feasibility cut.
  const cuts = [cut(true, -1), cut(true, -2), cut(false, -(0.8 + 0.1 * (seed % 5)) * count)];
  return { rules: { sizes, fixed, capacity }, cuts };
}

/** min v subject to v >= every optimality cut, feasibility cuts <= 0, the knapsack, s binary: as HiGHS reads it. */
function asLinearProgram({ rules, cuts }: ReturnType<typeof randomCase>): string {
  const items = [...rules.sizes.keys()];
  const gains = (cut: Cut, sign: string) =>
    items.map((m) => `${sign} ${(cut.uncached[m] - cut.cached[m]).toFixed(12)} s${m}`).join(' ');
  const constant = (cut: Cut) => cut.base + cut.uncached.reduce((sum, value) => sum + value, 0);
  const rows = cuts.map((cut, k) =>
    cut.optimality
      ? ` c${k}: v ${gains(cut, '+')} >= ${constant(cut).toFixed(12)}`
      : ` c${k}: ${gains(cut, '+')} >= ${constant(cut).toFixed(12)}`,
  );
  const knapsack = ` k: ${items.map((m) => `+ ${rules.sizes[m]} s${m}`).join(' ')} <= ${rules.capacity}`;
  const bounds = [
    ' v free',
    ...items.flatMap((m) => (rules.fixed[m] === 0 ? [] : [` s${m} = ${rules.fixed[m] === 1 ? 1 : 0}`])),
  ];
  return `Minimize\n obj: v\nSubject To\n${[...rows, knapsack].join('\n')}\nBounds\n${bounds.join('\n')}\nBinaries\n ${items.map((m) => `s${m}`).join(' ')}\nEnd\n`;
}

describe('CachingSearch', () => {
  it('finds what HiGHS finds, and says so when there is nothing', async () => {
    const highs = await highsLoader();
    let feasible = 0;
    for (let seed = 0; seed < 20; seed++) {
      const given = randomCase(seed);
      const { set, bound } = new CachingSearch(given.rules).search(
        given.cuts,
        given.cuts[0],
        1e9,
        new Set(),
        1e6,
      );
      const solved = highs.solve(asLinearProgram(given), { mip_rel_gap: 0, output_flag: false });
      if (set === null) {
        expect(solved.Status).toBe('Infeasible');
        continue;
      }
      feasible++;
      const value = Math.max(...given.cuts.filter((cut) => cut.optimality).map((cut) => cutValue(cut, set)));
      expect(solved.Status).toBe('Optimal');
      expect(Math.abs(value - solved.ObjectiveValue)).toBeLessThan(1e-6);
      expect(bound).toBeCloseTo(value, 9);
    }
    expect(feasible).toBeGreaterThan(9);
    expect(feasible).toBeLessThan(20);
  });

  it('has a relaxed bound below every admissible set', () => {
    for (let seed = 0; seed < 40; seed++) {
      const { rules, cuts } = randomCase(seed);
      const search = new CachingSearch(rules);
      const { set } = search.search(cuts.slice(0, 1), cuts[0], 1e9, new Set(), 1e6);
      const { bound, set: rounded } = search.relaxedBound(cuts[0]);
      expect(bound).toBeLessThanOrEqual(cutValue(cuts[0], set!) + 1e-12);
      expect(search.admissible(rounded)).toBe(true);
    }
  });
});
