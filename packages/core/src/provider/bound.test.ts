import { createRequire } from 'node:module';
import type { Highs } from 'highs';
import { describe, expect, it } from 'vitest';
import {
  capacityFree,
  createMarket,
  drawInstance,
  planFrom,
  planned,
  planProgram,
  providerPolicies,
  relax,
  roundedPlan,
  simulate,
  type Market,
} from './index.js';

const highsLoader = createRequire(import.meta.url)('highs') as () => Promise<Highs>;
const small = (seed: number) =>
  createMarket(
    drawInstance({
      seed,
      providers: 2 + (seed % 2),
      tasks: 9,
      hours: 3,
      capacities: 'code',
      crash: { mode: 'lose', cost: 2 },
    }),
  );

/** The best plan without a crash, by trying all. */
function best(market: Market): number {
  const { providers, tasks } = market;
  let most = 0;
  const plan = new Int32Array(tasks);
  for (let code = 0; code < (providers + 1) ** tasks; code++) {
    let rest = code;
    for (let task = 0; task < tasks; task++) {
      plan[task] = (rest % (providers + 1)) - 1;
      rest = Math.floor(rest / (providers + 1));
    }
    const { crashes, reward } = simulate(market, planned('try', plan));
    if (crashes === 0) most = Math.max(most, reward);
  }
  return most;
}

describe('plans and bounds', () => {
  it('HiGHS finds what trying all plans finds, and the relaxation lies above it, as HiGHS’s does', async () => {
    const highs = await highsLoader();
    for (const seed of [2, 4, 6]) {
      const market = small(seed);
      const program = planProgram(market);
      const { Columns } = highs.solve(program, { mip_rel_gap: 0, output_flag: false });
      const plan = planFrom(market, (name) => (Columns[name] as { Primal?: number } | undefined)?.Primal);
      const { reward, crashes } = simulate(market, planned('offline', plan));
      expect(crashes).toBe(0);
      expect(reward).toBeCloseTo(best(market), 9);
      const linear = highs.solve(program.replace(/Binaries[\s\S]*End/, 'End'), {
        output_flag: false,
      }).ObjectiveValue;
      const { upper, lower } = relax(market);
      expect(upper).toBeGreaterThanOrEqual(linear * (1 - 1e-9));
      expect(lower).toBeLessThanOrEqual(linear * (1 + 1e-9));
      expect(upper).toBeLessThanOrEqual(linear * 1.005);
    }
  });

  it('the paper’s instance: a proven gap below 0.5 %, plans without crashes between the prophet and the bound', () => {
    for (const load of [1, 4]) {
      const market = createMarket(drawInstance({ seed: 3, load }));
      const relaxation = relax(market);
      expect(relaxation.gap).toBeLessThan(0.005);
      const { reward, crashes } = simulate(market, planned('offline', roundedPlan(market, relaxation)));
      const prophet = simulate(market, providerPolicies.get('prophet')());
      expect(crashes).toBe(0);
      expect(reward).toBeGreaterThan(prophet.crashes === 0 ? prophet.reward : 0);
      expect(reward).toBeGreaterThan((load === 1 ? 0.97 : 0.92) * relaxation.upper);
      expect(reward).toBeLessThanOrEqual(relaxation.upper);
      expect(relaxation.upper).toBeLessThanOrEqual(capacityFree(market) * (1 + 1e-12));
    }
  });
});
