import { describe, expect, it } from 'vitest';
import { readStudyData, runScorerCell, scorerCells } from './cells.js';
import { providerScorerStudy } from './index.js';

describe('reproduce provider-scorer', () => {
  it('trains a scorer that has more than the table in unseen worlds, the same from the same seed', () => {
    const cells = scorerCells(readStudyData(), true);
    const run = () => cells.flatMap((cell) => runScorerCell(cell));
    const rows = run();
    expect(run()).toEqual(rows);
    const share = (policy: string) => {
      const own = rows.flatMap((row) => (row.kind === 'world' && row.policy === policy ? [row.share] : []));
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    };
    expect(share('scorer')).toBeGreaterThan(share('table'));
    expect(share('scorer')).toBeGreaterThan(share('crash-avoid'));
    const { figures, summary } = providerScorerStudy.report(rows, { quick: true });
    expect(figures[0].svg).toMatch(/^<svg/);
    expect(summary).not.toMatch(/NaN/);
  });
});
