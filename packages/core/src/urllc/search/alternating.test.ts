import { describe, expect, it } from 'vitest';
import { solveAlternating } from './alternating.js';
import { drawInstance } from '../model/draw.js';
import { DeviceCosts } from '../bound/device-costs.js';
import { evaluateDecisions } from '../model/evaluate.js';
import type { UrllcInstance } from '../model/instance.js';
import { JointSolver } from '../bound/joint.js';
import { reachOf } from '../bound/reach.js';
import { scaleInstance } from '../model/scaled.js';
import { solveOptimal } from './solve.js';
import { m6, unequal } from '../testing/instances.js';
import { randomSearch } from '../testing/random-search.js';

describe('alternating optimisation', () => {
  it("stays within 2 % of the optimum on the paper's scenario from any of 5 starts, and never goes below", () => {
    for (let seed = 1; seed <= 8; seed++) {
      const instance = drawInstance({ seed });
      const { lowerBoundMs, totalMs } = solveOptimal(instance);
      for (let start = 0; start < 5; start++) {
        const found = solveAlternating(instance, { start, lowerBoundMs });
        expect(found.totalMs).toBeLessThanOrEqual(1.02 * totalMs);
        expect(found.totalMs).toBeGreaterThanOrEqual(lowerBoundMs);
        expect(evaluateDecisions(instance, found.ue).worst.excess).toBeLessThanOrEqual(1e-6);
      }
    }
  });

  it('gets stuck in strict mode, where a tight (6f) blocks caching, and depends on its start', () => {
    const instance = drawInstance({ seed: 2 });
    const { lowerBoundMs } = solveOptimal(instance);
    const strict = [0, 1, 2, 3].map(
      (start) => solveAlternating(instance, { method: 'ao-strict', start, lowerBoundMs }).totalMs,
    );
    const relaxed = solveAlternating(instance, { lowerBoundMs }).totalMs;
    expect(Math.min(...strict)).toBeGreaterThan(relaxed);
    expect(Math.max(...strict) - Math.min(...strict)).toBeGreaterThan(0.1);
  });

  it('claims no more than feasibility, and brings the bound with it', () => {
    const found = solveAlternating(m6);
    expect(found.status).toBe('feasible');
    expect(found.gap).toBeGreaterThanOrEqual(0);
    expect(Math.abs(found.lowerBoundMs - 5.8027)).toBeLessThan(3e-4);
  });

  it('falls far behind where tasks differ in size: it caches the slowest, not the best per bit', () => {
    const sets = bruteForce(unequal);
    expect(sets.size).toBe(26);
    const least = Math.min(...sets.values());
    const optimum = solveOptimal(unequal);
    expect(optimum.status).toBe('optimal');
    expect(Math.abs(optimum.totalMs / least - 1)).toBeLessThan(1e-6);
    expect(sets.get(optimum.cached.join())).toBe(least);
    expect(optimum.cached).toEqual([1, 2, 4]);
    // A direct search, which shares nothing with the solvers, over the same 26 sets: near, and never below.
    const searched = randomSearch(unequal, 3000);
    expect(searched).toBeGreaterThanOrEqual(optimum.lowerBoundMs);
    expect(searched).toBeLessThan(1.02 * optimum.totalMs);

    // By latency with nothing cached, longest first, until the room is used up.
    const { ue } = solveOptimal({ ...unequal, S: 0 });
    const order = ue.map((_ue, m) => m).sort((a, b) => ue[b].latencyMs - ue[a].latencyMs);
    let room = unequal.S;
    const slowest: number[] = [];
    for (const m of order) {
      if (unequal.ue[m].D > room) continue;
      slowest.push(m);
      room -= unequal.ue[m].D;
    }
    expect(slowest).toEqual([0]);
    expect(sets.get('0')).toBeGreaterThan(1.75 * optimum.totalMs);

    for (const method of ['ao', 'ao-strict'] as const) {
      const found = solveAlternating(unequal, { method, lowerBoundMs: optimum.lowerBoundMs });
      expect(found.cached).toEqual([0]);
      expect(found.totalMs).toBeGreaterThan(1.75 * optimum.totalMs);
    }
  });
});

/** The least total of every admissible caching set, by its devices. */
function bruteForce(instance: UrllcInstance): Map<string, number> {
  const problem = scaleInstance(instance);
  const joint = new JointSolver(
    problem,
    reachOf(problem),
    new DeviceCosts(problem, reachOf(problem).interior),
  );
  const totals = new Map<string, number>();
  for (let bits = 0; bits < 1 << instance.ue.length; bits++) {
    const set = Uint8Array.from(instance.ue, (_ue, m) => (bits >> m) & 1);
    const stored = instance.ue.reduce((sum, { D }, m) => sum + set[m] * D, 0);
    if (stored > instance.S) continue;
    const devices = instance.ue.flatMap((_ue, m) => (set[m] ? [m] : []));
    totals.set(devices.join(), joint.solve(set).totalMs);
  }
  return totals;
}
