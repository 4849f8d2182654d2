import { linesFigure } from '../../figures/lines.js';
import { palette, Plot, renderSvg } from '../../figures/render.js';
import { summarize } from '../../statistics/summary.js';
import type { ProviderRow } from './cells.js';

interface Bar {
  readonly policy: string;
  readonly capacities: string;
  readonly x: number;
  readonly mean: number;
  readonly ci95: number;
}

/** Rewards by policy, one panel for each set of capacities. */
export function rewardFigure(rows: readonly ProviderRow[]): string {
  const bars = barsOf(rows, (row) => row.reward);
  const bounds = [...new Set(rows.map(({ capacities }) => capacities))].map((capacities) => ({
    capacities,
    mean: summarize(rows.filter((row) => row.capacities === capacities).map((row) => row.crashFree)).mean,
  }));
  return renderSvg({
    title: 'Reward of 1,000 tasks by policy',
    height: 420,
    marginLeft: 160,
    marginRight: 70,
    x: { label: 'reward', grid: true },
    y: { label: null, domain: [...new Set(bars.map(({ policy }) => policy))] },
    fy: { label: 'capacities' },
    marks: [
      Plot.barX(bars, { x: 'mean', y: 'policy', fy: 'capacities', fill: palette[0] }),
      Plot.ruleY(bars, {
        x1: ({ mean, ci95 }: Bar) => mean - ci95,
        x2: ({ mean, ci95 }: Bar) => mean + ci95,
        y: 'policy',
        fy: 'capacities',
        strokeWidth: 2,
      }),
      Plot.ruleX(bounds, { x: 'mean', fy: 'capacities', stroke: palette[1], strokeWidth: 2 }),
      Plot.ruleX([0]),
    ],
  });
}

/** Reward over the bound of crash-free plans, by load. */
export function loadFigure(rows: readonly ProviderRow[]): string {
  const points = barsOf(rows, (row) => row.reward / row.crashFree).map(({ policy, x, mean, ci95 }) => ({
    ...{ x, mean, ci95 },
    series: policy,
  }));
  return linesFigure(points, {
    title: 'Reward over the bound of crash-free plans, by load',
    x: 'load (1: 1,000 tasks in 288 h)',
    y: 'reward / bound',
  });
}

function barsOf(rows: readonly ProviderRow[], value: (row: ProviderRow) => number): Bar[] {
  const groups = new Map<string, ProviderRow[]>();
  for (const row of rows) {
    const key = `${row.policy} ${row.capacities} ${row.load}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const { policy, capacities, load } = group[0];
    const { mean, ci95 } = summarize(group.map(value));
    return { policy, capacities, x: load, mean, ci95: Number.isNaN(ci95) ? 0 : ci95 };
  });
}
