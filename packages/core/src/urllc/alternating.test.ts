import { describe, expect, it } from 'vitest';
import { solveAlternating } from './alternating.js';
import { drawInstance } from './draw.js';
import { evaluateDecisions } from './evaluate.js';
import { solveOptimal } from './solve.js';
import { m6 } from './testing/instances.js';

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
    const ue = m6.ue.map((device, m) => (m === 0 ? { ...device, D: 30000 } : { ...device, D: 9000 }));
    const instance = { ...m6, S: 30000, ue };
    const optimum = solveOptimal(instance);
    const found = solveAlternating(instance, { lowerBoundMs: optimum.lowerBoundMs });
    expect(found.cached).toEqual([0]);
    expect(found.totalMs).toBeGreaterThan(1.05 * optimum.totalMs);
  });
});
