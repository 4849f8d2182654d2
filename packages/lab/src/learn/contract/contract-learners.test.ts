import { describe, expect, it } from 'vitest';
import { episodesOf, meansBySeed } from '../comparison/rows.js';
import { contractLearnersStudy } from './index.js';

describe('reproduce contract-learners', () => {
  it('puts no learner above the optimum, learns by all of them, and draws both figures', async () => {
    const cells = contractLearnersStudy.cells({ quick: true });
    const rows = (await Promise.all(cells.map((cell) => contractLearnersStudy.runCell(cell)))).flat();
    const episodes = episodesOf(rows.filter((row) => row.kind !== 'menu'));
    for (const { name, metrics } of episodes) {
      if (name !== 'first-best') expect(metrics['share']).toBeLessThanOrEqual(1 + 1e-9);
    }
    const mean = (name: string) => Math.min(...meansBySeed(episodes, name, 'share').values());
    expect(mean('gradient')).toBeGreaterThan(0.98);
    expect(mean('SAC')).toBeGreaterThan(0.9);
    const start = rows.find((row) => row.kind === 'curve' && row.name === 'diffusion');
    expect(mean('diffusion')).toBeGreaterThan(start?.kind === 'curve' ? start.value : 1);
    const optimum = rows.filter((row) => row.kind === 'menu' && row.name === 'optimal');
    expect(optimum.map((row) => (row.kind === 'menu' ? row.mbit.toFixed(4) : ''))).toEqual([
      '2.9143',
      '3.9236',
      '4.6499',
      '5.2407',
    ]);
    const { figures, summary, tables } = contractLearnersStudy.report(rows, { quick: true });
    expect(tables.map(({ name }) => name)).toEqual([
      'contract-learners-episodes',
      'contract-learners-curves',
      'contract-learners-menus',
    ]);
    for (const { svg } of figures) expect(svg).toMatch(/^<svg/);
    expect(summary).not.toMatch(/NaN/);
  });
});
