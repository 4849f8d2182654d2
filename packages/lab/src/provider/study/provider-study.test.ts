import { describe, expect, it } from 'vitest';
import { providerStudy } from './index.js';

describe('reproduce provider', () => {
  it('holds policies against each other and their bounds, and draws both figures', async () => {
    const cells = providerStudy.cells({ quick: true }).filter(({ load, seed }) => load === 1 && seed <= 2);
    const rows = (await Promise.all(cells.map((cell) => providerStudy.runCell(cell)))).flat();
    expect(rows).toHaveLength(4 * 8);
    for (const { policy, reward, crashes, crashFree, capacityFree } of rows) {
      expect(crashFree).toBeLessThanOrEqual(capacityFree * (1 + 1e-12));
      if (crashes === 0) expect(reward, policy).toBeLessThanOrEqual(crashFree);
      expect(reward).toBeLessThanOrEqual(capacityFree);
    }
    const { figures, summary } = providerStudy.report(rows, { quick: true });
    for (const { svg } of figures) expect(svg).toMatch(/^<svg/);
    expect(summary).toMatch(/of 2 worlds with the capacities of the code/);
  });
});
