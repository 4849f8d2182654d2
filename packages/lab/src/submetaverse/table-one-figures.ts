import type { Figure } from './figures.js';
import type { SweepRow } from './sweep.js';
import { TABLE_ONE } from './table-one.js';
import { tradeoffFigure } from './tradeoff-figures.js';
import type { Mark } from './tradeoff-figures.js';

/** The trade-off planes of the grid of fixed splits, for both disciplines, with the splits of Table I marked. */
export function startFigures(rows: readonly SweepRow[]): (Figure & { title: string })[] {
  return (['fifo', 'freshest'] as const).flatMap((discipline) => {
    const grid = rows.filter((row) => row.discipline === discipline);
    const marks = TABLE_ONE.flatMap(({ rhoC, rhoP }): Mark[] => {
      const row = grid.find((candidate) => candidate.rhoC === rhoC && candidate.rhoP === rhoP);
      return row === undefined ? [] : [{ label: `(${rhoC}, ${rhoP})`, row }];
    });
    const updates =
      discipline === 'fifo' ? 'updates first in, first out' : 'only the freshest update of a sensor waits';
    return [
      {
        name: `served-${discipline}`,
        title: `Requests served and AoSI: ${updates}`,
        caption: 'As the paper’s Fig. 4; better is up and to the left. Ringed: the splits of Table I.',
        svg: tradeoffFigure(grid, 'served', marks),
      },
      {
        name: `aori-${discipline}`,
        title: `AoRI and AoSI: ${updates}`,
        caption: 'As the paper’s Fig. 5; better is down and to the left. Ringed: the splits of Table I.',
        svg: tradeoffFigure(grid, 'aori', marks),
      },
    ];
  });
}
