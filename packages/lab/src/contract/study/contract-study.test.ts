import { describe, expect, it } from 'vitest';
import { contractStudy } from './index.js';

describe('reproduce contract', () => {
  it('puts no menu above the optimum, the true gradient close to it, and draws both figures', async () => {
    const cells = contractStudy
      .cells({ quick: true })
      .filter(({ types, training }) => types === 4 && training?.seed !== 2);
    const rows = (await Promise.all(cells.map((cell) => contractStudy.runCell(cell)))).flat();
    for (const { method, share } of rows)
      if (method !== 'first-best') expect(share).toBeLessThanOrEqual(1 + 1e-9);
    const mean = (wanted: string): number => {
      const own = rows.filter(({ method }) => method === wanted);
      return own.reduce((sum, { share }) => sum + (share ?? 0), 0) / own.length;
    };
    expect(mean('gradient')).toBeGreaterThan(0.98);
    expect(mean('one-item')).toBeGreaterThan(mean('full-information'));
    expect(mean('full-information')).toBeGreaterThan(mean('linear'));
    const { figures, summary } = contractStudy.report(rows, { quick: true });
    for (const { svg } of figures) expect(svg).toMatch(/^<svg/);
    expect(summary).not.toMatch(/NaN/);
  });
});
