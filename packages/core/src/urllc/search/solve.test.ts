import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InfeasibleError } from '../../errors/index.js';
import { drawInstance } from '../model/draw.js';
import { evaluateDecisions } from '../model/evaluate.js';
import type { UrllcInstance } from '../model/instance.js';
import { solveOptimal } from './solve.js';
import type { UrllcSolution } from './solution.js';
import { m6, m6With, randomInstance } from '../testing/instances.js';
import { randomSearch } from '../testing/random-search.js';

const fixtures = JSON.parse(readFileSync(new URL('../fixtures/slsqp.json', import.meta.url), 'utf8')) as {
  name: string;
  optimumMs: number;
  instance: UrllcInstance;
}[];

function solveOrNull(instance: UrllcInstance): UrllcSolution | null {
  try {
    return solveOptimal(instance);
  } catch (error) {
    if (error instanceof InfeasibleError) return null;
    throw error;
  }
}

describe('instance m6', () => {
  it('has its optimum at 5.8027 ms with 0 and 4 cached and energy binding at 2', () => {
    const solution = solveOptimal(m6);
    expect(solution.status).toBe('optimal');
    expect(Math.abs(solution.totalMs - 5.8027)).toBeLessThan(3e-4);
    expect(solution.cached).toEqual([0, 4]);
    const bound = solution.ue.flatMap((ue, m) => (ue.bindingConstraints.includes('energy') ? [m] : []));
    expect(bound).toEqual([2]);
  });

  it('falls to 5.8005 ms where energy does not count', () => {
    const rich = { ...m6, ue: m6.ue.map((ue) => ({ ...ue, Emax: 1 })) };
    expect(Math.abs(solveOptimal(rich).totalMs - 5.8005)).toBeLessThan(1e-4);
  });

  it('has shadow prices that are its slopes', () => {
    const { prices, totalMs } = solveOptimal(m6, { gapTolerance: 1e-7 });
    const band = totalMs - solveOptimal({ ...m6, B: m6.B * 1.0001, phi: m6.phi }).totalMs;
    // More Hz of the same share: not the price itself, but for the noise (logarithmic) and the block length it is.
    expect(band / 1e-4 / prices.bandwidth).toBeGreaterThan(0.9);
    expect(band / 1e-4 / prices.bandwidth).toBeLessThan(1.1);
    const edge = totalMs - solveOptimal({ ...m6, Fes: m6.Fes + 1e6 }, { gapTolerance: 1e-7 }).totalMs;
    expect(edge / 1e-3 / prices.edgeCycles).toBeCloseTo(1, 2);
  });

  it('caches a device that is only feasible cached', () => {
    const tight = solveOptimal(m6With(1, { Tmax: 5e-4 }));
    expect(tight.status).toBe('optimal');
    expect(tight.cached).toContain(1);
    const deaf = solveOptimal(m6With(2, { h2: 1e-18 }));
    expect(deaf.cached).toContain(2);
  });

  it('meets a deadline that binds', () => {
    const { ue, status } = solveOptimal(m6With(2, { Tmax: 1.3e-3 }));
    expect(status).toBe('optimal');
    expect(ue[2].bindingConstraints).toContain('deadline');
    expect(ue[2].latencyMs).toBeLessThanOrEqual(1.3 * (1 + 1e-9));
  });
});

describe('certified optimum', () => {
  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    'agrees with SLSQP over all caching sets: %s',
    (_name, { optimumMs, instance }) => {
      const { totalMs, lowerBoundMs, gap } = solveOptimal(instance);
      expect(gap).toBeLessThanOrEqual(1e-4);
      expect(lowerBoundMs).toBeLessThanOrEqual(optimumMs * (1 + 1e-6));
      expect(totalMs).toBeLessThanOrEqual(optimumMs * (1 + 2e-5));
    },
  );

  it('keeps every limit, and its bound lies below it, on random instances', () => {
    let feasible = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seed) => {
        const instance = randomInstance(seed);
        const solution = solveOrNull(instance);
        if (solution === null) return;
        feasible++;
        const { totalMs, worst } = evaluateDecisions(instance, solution.ue);
        expect(worst.excess).toBeLessThanOrEqual(1e-6);
        expect(totalMs).toBe(solution.totalMs);
        expect(solution.lowerBoundMs).toBeLessThanOrEqual(solution.totalMs);
        expect(solution.status === 'optimal').toBe(solution.gap <= 1e-4);
      }),
      { numRuns: 120, seed: 5 },
    );
    expect(feasible).toBeGreaterThan(60);
  });

  it('is proven to 1e-5 on fresh instances of every kind, small and of 15 devices', () => {
    const solutions = [
      ...Array.from({ length: 300 }, (_, n) => solveOrNull(randomInstance(7000 + n))),
      ...Array.from({ length: 60 }, (_, n) => solveOrNull(randomInstance(8000 + n, 15))),
    ].filter((solution) => solution !== null);
    expect(solutions.length).toBeGreaterThan(250);
    expect(solutions.filter(({ gap }) => gap > 1e-5)).toEqual([]);
  });

  it('says what it ran into where it proves nothing, and loses nothing with more effort', () => {
    const absurd = m6With(5, { Pmax: 1e9 });
    const instance = { ...absurd, ue: absurd.ue.map((ue, m) => (m === 0 ? { ...ue, Pmax: 100 } : ue)) };
    const usual = solveOptimal(instance);
    expect(usual.status).toBe('feasible');
    expect(['sets', 'shares']).toContain(usual.stoppedBy);
    const longer = solveOptimal(instance, { effort: 3 });
    expect(longer.gap).toBeLessThanOrEqual(usual.gap);
    expect(longer.lowerBoundMs).toBeGreaterThanOrEqual(usual.lowerBoundMs);
    expect(Math.max(usual.lowerBoundMs, longer.lowerBoundMs)).toBeLessThanOrEqual(longer.totalMs);
    expect(solveOptimal(m6)).not.toHaveProperty('stoppedBy');
    for (const effort of [0, NaN, Infinity]) expect(() => solveOptimal(m6, { effort })).toThrow(/effort/);
  });

  it('is not beaten, nor its bound undercut, nor its infeasibility refuted by a direct search', () => {
    // Each of the seven kinds of instance twice; two have no solution.
    for (let seed = 14; seed < 28; seed++) {
      const instance = { ...randomInstance(seed), rminAll: false };
      const small = { ...instance, ue: instance.ue.slice(0, 2) };
      const found = randomSearch(small, 5000);
      const solution = solveOrNull(small);
      if (solution === null) {
        expect(found).toBe(Infinity);
        continue;
      }
      expect(solution.lowerBoundMs).toBeLessThanOrEqual(found);
      expect(solution.totalMs).toBeLessThanOrEqual(found * (1 + 1e-5));
    }
  });

  it('does not depend on the order of the devices', () => {
    for (let seed = 0; seed < 12; seed++) {
      const instance = randomInstance(seed);
      const reversed = { ...instance, ue: [...instance.ue].reverse() };
      const [one, other] = [solveOrNull(instance), solveOrNull(reversed)];
      expect(other === null).toBe(one === null);
      if (one === null || other === null) continue;
      expect(Math.max(one.lowerBoundMs, other.lowerBoundMs)).toBeLessThanOrEqual(
        Math.min(one.totalMs, other.totalMs) * (1 + 1e-9),
      );
    }
  });
});

describe('one solver for many caching sets', () => {
  const read = (name: string) =>
    JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as UrllcInstance;

  // What a set left behind in the blocks of the next one stopped the interior point at a deadline.
  it.each([
    ['deadline-floor', 50.05, 50.051],
    ['other-set', 23.27, 23.281],
  ])('certifies %s, after sets with other cached devices', (name, least, most) => {
    const solution = solveOptimal(read(name));
    expect(solution.status).toBe('optimal');
    expect(solution.totalMs).toBeGreaterThan(least);
    expect(solution.totalMs).toBeLessThan(most);
  });
});

describe("the paper's scenario", () => {
  const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
  const totals = (change: Record<string, unknown>) =>
    seeds.map((seed) => solveOptimal(drawInstance({ seed, ...change })).totalMs);
  const asStated = totals({});
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('falls with the cache as independent runs found, on every channel', () => {
    const byCache = [...[0, 20e3, 40e3].map((cacheBits) => totals({ cacheBits })), asStated];
    // mean ± standard deviation over channels: 28.5 ± 0.9, 24.8 ± 0.8, 18.2 ± 0.4, 13.0 ± 0.3
    const expected = [28.5, 24.8, 18.2, 13.0];
    byCache.forEach((values, k) => expect(Math.abs(mean(values) - expected[k])).toBeLessThan(0.35));
    for (let k = 1; k < byCache.length; k++) {
      seeds.forEach((_seed, i) => expect(byCache[k][i]).toBeLessThan(byCache[k - 1][i]));
    }
  });

  // What a step of the interior point does wrong may cost nothing but steps.
  it('is solved in few iterations', () => {
    for (const change of [{}, { cacheBits: 0 }, { energyJ: 1.5e-3 }, { edgeRateHz: 38e9 }]) {
      const counts = seeds.map((seed) => solveOptimal(drawInstance({ seed, ...change })).iterations);
      expect(mean(counts)).toBeLessThan(21);
      expect(Math.max(...counts)).toBeLessThan(43);
    }
  });

  it('falls with energy and edge rate on every channel, by little', () => {
    const byEnergy = [1.5e-3, 2.5e-3, 4e-3].map((energyJ) => totals({ energyJ }));
    const byRate = [asStated, ...[34e9, 38e9].map((edgeRateHz) => totals({ edgeRateHz }))];
    for (const sweep of [byEnergy, byRate]) {
      for (let k = 1; k < sweep.length; k++) {
        seeds.forEach((_seed, i) => expect(sweep[k][i]).toBeLessThanOrEqual(sweep[k - 1][i] * (1 + 1e-5)));
      }
    }
    expect(Math.abs(mean(byEnergy[0]) - mean(byEnergy[2]) - 0.05)).toBeLessThan(0.02);
    expect(Math.abs(mean(byRate[0]) - mean(byRate[2]) - 0.24)).toBeLessThan(0.03);
  });

  it('stays certified where the power is a thousand times what the energy budget bears', () => {
    let before = 0;
    for (const energyJ of [3e-3, 1e-3, 3e-4]) {
      const instance = drawInstance({ seed: 2, energyJ, txPowerDbm: 53.01 });
      const { status, totalMs, ue } = solveOptimal(instance);
      expect(status).toBe('optimal');
      expect(evaluateDecisions(instance, ue).worst.excess).toBeLessThanOrEqual(1e-6);
      expect(totalMs).toBeGreaterThan(before);
      before = totalMs;
    }
  });

  it('gives the same optimum from a warm start', () => {
    const before = solveOptimal(drawInstance({ seed: 1 }));
    const instance = drawInstance({ seed: 1, edgeRateHz: 31e9 });
    const cold = solveOptimal(instance);
    const warm = solveOptimal(instance, { warm: before });
    expect(Math.abs(warm.totalMs / cold.totalMs - 1)).toBeLessThan(1e-5);
    const poor = solveOptimal({ ...instance, S: 0 }, { warm: before });
    expect(poor.cached).toEqual([]);
  });

  it('stays certified at 300 devices', () => {
    const scale = 20;
    const { gap } = solveOptimal(
      drawInstance({
        seed: 2,
        devices: 15 * scale,
        bandwidthHz: 5e6 * scale,
        edgeRateHz: 30e9 * scale,
        cacheBits: 60e3 * scale,
      }),
    );
    expect(gap).toBeLessThan(1e-3);
  });
});

describe('robust mode', () => {
  const instance = { ...m6, devUe: 0.05, devEs: 0.05 };

  it('keeps every limit at every deviation, and no smaller total does', () => {
    const robust = solveOptimal(instance, { robust: true });
    for (const devUe of [-0.05, -0.02, 0, 0.03, 0.05]) {
      for (const devEs of [-0.05, 0, 0.05]) {
        const { worst, totalMs } = evaluateDecisions({ ...instance, devUe, devEs }, robust.ue);
        expect(worst.excess).toBeLessThanOrEqual(1e-6);
        expect(totalMs).toBeLessThanOrEqual(robust.totalMs * (1 + 1e-9));
      }
    }
    const slow = solveOptimal(instance);
    expect(slow.lowerBoundMs).toBeLessThanOrEqual(robust.totalMs);
    expect(evaluateDecisions({ ...instance, devUe: -0.05 }, slow.ue).worst.excess).toBeGreaterThan(1e-3);
  });
});
