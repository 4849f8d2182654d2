import { describe, expect, it } from 'vitest';
import { inline } from '../../work/pool.js';
import { runStudy } from '../../study/run.js';
import { auctionStudy } from './index.js';
import type { AuctionRow } from './run-cell.js';

describe('reproduce auction', () => {
  it('keeps figure 14’s order in its quick form, draws four figures, and says where the claim holds', async () => {
    // the order is claimed of many rounds, the other groups have to be there
    const few: typeof auctionStudy = {
      ...auctionStudy,
      cells: (options) =>
        auctionStudy
          .cells(options)
          .map((cell) => (cell.group === 'figure14' ? cell : { ...cell, rounds: 15 })),
    };
    const { rows } = await runStudy(few, {
      quick: true,
      runTasks: inline(new AbortController().signal),
    });
    const { figures, summary, tables } = auctionStudy.report(rows as AuctionRow[], { quick: true });
    expect(figures.map(({ name }) => name)).toEqual([
      'auction-figure-14',
      'auction-map',
      'auction-alpha',
      'auction-adverse-selection',
    ]);
    for (const { svg } of figures) expect(svg).toMatch(/^<svg/);
    expect(summary).toMatch(/Where the claim holds/);
    expect(summary).not.toMatch(/NaN/);
    const columns = tables[0].columns as Record<string, readonly (string | number)[]>;
    const mean = (vehicles: number, mechanism: string): number => {
      const at = Array.from(columns.mechanism, (name, k) => ({ name, k })).filter(
        ({ name, k }) =>
          name === mechanism && columns.group[k] === 'figure14' && Number(columns.vehicles[k]) === vehicles,
      );
      return at.reduce((sum, { k }) => sum + Number(columns.total[k]), 0) / at.length;
    };
    for (const vehicles of [10, 20, 30, 40, 50]) {
      const order = ['pvisa', 'epvisa', 'mtepvisa'].map((name) => mean(vehicles, name));
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });
});
