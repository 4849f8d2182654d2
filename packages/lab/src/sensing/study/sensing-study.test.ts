import { expect, it } from 'vitest';
import { sensingStudy } from './index.js';
import type { SensingRow } from './cells.js';

it('the quick form of reproduce sensing draws its figures, and shows the exact scan seeing what others cannot', async () => {
  const cells = sensingStudy
    .cells({ quick: true })
    .filter((cell) => cell.kind === 'generator' || cell.name === 'none' || cell.name === 'coherent')
    .map((cell) =>
      cell.kind === 'classical'
        ? { ...cell, draws: 12 }
        : {
            ...cell,
            settings: { ...cell.settings, pairs: 60, steps: 10, rivalSteps: 10 },
            judged: cell.judged.map((draws) => ({ ...draws, draws: 2 })),
          },
    );
  const rows: SensingRow[] = [];
  // as rows come back from workers
  for (const cell of cells) {
    rows.push(...(JSON.parse(JSON.stringify(await sensingStudy.runCell(cell))) as SensingRow[]));
  }
  const found = (method: string, condition = 'none', value = 0): number =>
    rows.filter(
      (row) =>
        row.method === method &&
        row.condition === condition &&
        row.value === value &&
        row.profile === 'well-posed' &&
        row.worstDeg <= 3,
    ).length;
  expect(found('odd exact')).toBeGreaterThan(found('odd fresnel') + 4);
  // MUSIC takes sources of one signal for one source
  expect(found('all exact', 'coherent', 0)).toBeGreaterThan(found('all exact', 'coherent', 1) + 6);
  const { figures, summary } = sensingStudy.report(rows, { quick: true });
  expect(figures).toHaveLength(6);
  for (const { svg } of figures) expect(svg).toMatch(/^<svg/);
  expect(summary).toMatch(/^Exact classical processing beats the generator/);
  expect(summary).not.toMatch(/NaN|undefined/);
}, 60_000);
