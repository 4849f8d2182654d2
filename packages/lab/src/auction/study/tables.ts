import { bestAlpha, MarketDrawer } from '@metalore/core/auction';
import { markdownTable } from '../../study/markdown-table.js';
import type { AuctionStudyData } from './data.js';
import { withInterval } from '../../statistics/summary.js';
import { adverseSelection, meanPerRound, ratio } from './estimate.js';
import type { AuctionRow } from './run-cell.js';

/** Mechanisms in the order of the tables. */
export const MECHANISMS = ['pvisa', 'epvisa', 'mtepvisa', 'mtepvisa-choice'] as const;

/** Rows of one mechanism. */
export function of(rows: readonly AuctionRow[], mechanism: string): AuctionRow[] {
  return rows.filter((row) => row.mechanism === mechanism);
}

const total = (row: AuctionRow): number => row.total;

/** Surplus by part, share of the optimum and adverse selection in the base market. */
export function baseTable(rows: readonly AuctionRow[]): string {
  const lines = MECHANISMS.map((mechanism) => {
    const own = of(rows, mechanism);
    return [
      mechanism,
      withInterval(meanPerRound(own, total)),
      withInterval(meanPerRound(own, (row) => row.tasks)),
      withInterval(meanPerRound(own, (row) => row.simulation)),
      withInterval(
        ratio(own, own, total, (row) => row.optimum),
        3,
      ),
      withInterval(adverseSelection(own)),
      withInterval(meanPerRound(own, (row) => row.roadside)),
    ];
  });
  const optimum = withInterval(meanPerRound(of(rows, 'pvisa'), (row) => row.optimum));
  return markdownTable(
    [
      'mechanism',
      'surplus',
      'tasks',
      'rest',
      'of the optimum',
      'E[C | driving]/E C',
      'roadside unit is paid',
    ],
    [...lines, ['optimum', optimum, '', '', '1', '', '']],
  );
}

/** Ratios of surplus over market sizes. */
export function sizeTable(rows: readonly AuctionRow[], sizes: readonly number[]): string {
  return markdownTable(
    ['vehicles', 'mtepvisa / pvisa', 'mtepvisa / epvisa', 'epvisa / pvisa', 'choice − mtepvisa'],
    sizes.map((size) => {
      const here = rows.filter((row) => row.vehicles === size);
      const pair = (a: string, b: string): string => withInterval(ratio(of(here, a), of(here, b), total), 2);
      const choice = of(here, 'mtepvisa-choice').map((row, k) => ({
        ...row,
        total: row.total - of(here, 'mtepvisa')[k].total,
      }));
      return [
        String(size),
        pair('mtepvisa', 'pvisa'),
        pair('mtepvisa', 'epvisa'),
        pair('epvisa', 'pvisa'),
        withInterval(meanPerRound(choice, total)),
      ];
    }),
  );
}

/** Surplus of `mechanism` over that of `epvisa`, K down, simulationValue across. */
export function mapTable(rows: readonly AuctionRow[], data: AuctionStudyData, mechanism: string): string {
  const { tasksPerVehicle, simulationValue } = data.map;
  return markdownTable(
    ['K \\ simulationValue', ...simulationValue.map(String)],
    tasksPerVehicle.map((k) => [
      String(k),
      ...simulationValue.map((value) => {
        const here = rows.filter((row) => row.tasksPerVehicle === k && row.simulationValue === value);
        return withInterval(ratio(of(here, mechanism), of(here, 'epvisa'), total), 2);
      }),
    ]),
  );
}

/** E[C | driving]/E C over the number of simulators. */
export function adverseTable(rows: readonly AuctionRow[], simulators: readonly number[]): string {
  return markdownTable(
    ['simulators', ...MECHANISMS],
    simulators.map((count) => {
      const here = rows.filter((row) => row.simulators === count);
      return [
        String(count),
        ...MECHANISMS.map((mechanism) => withInterval(adverseSelection(of(here, mechanism)))),
      ];
    }),
  );
}

/** α* by the closed form, and the best of the grid by simulation. */
export function alphaTable(rows: readonly AuctionRow[], simulators: readonly number[]): string {
  return markdownTable(
    ['simulators', 'α*', 'best α of the grid', 'surplus there', 'at α = 1', 'at the largest α'],
    simulators.map((count) => {
      const here = rows.filter((row) => row.simulators === count);
      const alphas = [...new Set(here.map((row) => row.alpha))];
      const at = (alpha: number) =>
        meanPerRound(
          here.filter((row) => row.alpha === alpha),
          total,
        );
      const best = alphas.reduce((a, b) => (at(b).mean > at(a).mean ? b : a));
      return [
        String(count),
        alphaStar(count).toFixed(3),
        String(best),
        withInterval(at(best)),
        withInterval(at(alphas[0])),
        withInterval(at(alphas[alphas.length - 1])),
      ];
    }),
  );
}

/** α* of the base prior. */
export function alphaStar(simulators: number): number {
  return bestAlpha(new MarketDrawer({ seed: 0, vehicles: 1 }).draw(0).prior, simulators);
}

/** Random lies that paid, and prices below 0 of `mtepvisa-choice`, by setting. */
export function lieTable(rows: readonly AuctionRow[]): string {
  const settings = [...new Set(rows.map((row) => row.setting))];
  const lies = [...new Set(rows.map((row) => row.mechanism))].filter((name) => name.includes('/'));
  const sum = (list: readonly AuctionRow[], key: 'gains' | 'gain' | 'rounds' | 'negative'): number =>
    list.reduce((total, row) => total + row[key], 0);
  const cell = (list: readonly AuctionRow[]): string => {
    const gains = sum(list, 'gains');
    if (gains === 0) return `0 of ${sum(list, 'rounds')}`;
    const largest = Math.max(...list.map((row) => row.largestGain));
    return `${gains} of ${sum(list, 'rounds')} (mean ${(sum(list, 'gain') / gains).toFixed(3)}, largest ${largest.toFixed(3)})`;
  };
  const line = (name: string, of: (list: readonly AuctionRow[]) => string): string[] => [
    name,
    ...settings.map((setting) => of(rows.filter((row) => row.setting === setting))),
  ];
  return markdownTable(
    ['', ...settings],
    [
      ...lies.map((name) => line(name, (list) => cell(list.filter((row) => row.mechanism === name)))),
      line('prices below 0 in choice', (list) => {
        const own = of(list, 'mtepvisa-choice');
        return `${sum(own, 'negative')} of ${sum(own, 'rounds')}`;
      }),
      line('roadside unit in choice: mean, least', (list) => {
        const own = of(list, 'mtepvisa-choice');
        const least = Math.min(...own.map((row) => row.leastRoadside));
        return `${meanPerRound(own, (row) => row.roadside).mean.toFixed(3)}, ${least.toFixed(3)}`;
      }),
    ],
  );
}
