import { expect, it } from 'vitest';
import { lifecycleStudy } from './index.js';

it('the quick form of reproduce lifecycle draws three figures and shows the highest reputation losing', async () => {
  const cells = lifecycleStudy.cells({ quick: true }).filter(({ x }) => x < 50);
  const rows = (await Promise.all(cells.map((cell) => lifecycleStudy.runCell(cell)))).flat();
  const jain = (rule: string): number => {
    const own = rows.filter((row) => row.group === 'figure16' && row.rule === rule);
    return own.reduce((sum, row) => sum + row.jain, 0) / own.length;
  };
  expect(jain('softmax')).toBeGreaterThan(jain('traditional'));
  expect(jain('traditional')).toBeGreaterThan(jain('highest'));
  const { figures, summary } = lifecycleStudy.report(rows, { quick: true });
  expect(figures).toHaveLength(3);
  for (const { svg } of figures) expect(svg).toMatch(/^<svg/);
  expect(summary).not.toMatch(/NaN/);
});
