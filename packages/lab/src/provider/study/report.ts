import { tableFromRows } from '../../results/tables.js';
import { summarize, withInterval } from '../../statistics/summary.js';
import type { Summary } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import type { ProviderRow, ProviderStudyData } from './cells.js';
import { loadFigure, rewardFigure } from './figures.js';

/** Tables, figures and text: policies beside an independent program, and against bounds over the load. */
export function providerReport(rows: readonly ProviderRow[], data: ProviderStudyData): StudyReport {
  const worlds = new Set(rows.map(({ seed }) => seed)).size;
  return {
    tables: [
      tableFromRows(
        'provider',
        rows.map((row) => ({ ...row })),
      ),
    ],
    figures: [
      {
        name: 'provider-rewards',
        caption: `Reward of a stream of 1,000 tasks by policy, load 1 (paper 002, fig. 12): mean and 95 % interval over ${worlds} worlds; the line is the mean of what no crash-free plan exceeds.`,
        svg: rewardFigure(rows.filter(({ load }) => load === 1)),
      },
      {
        name: 'provider-loads',
        caption: `Reward over what no crash-free plan exceeds, by load: mean and 95 % interval over ${worlds} worlds, capacities of the paper.`,
        svg: loadFigure(rows.filter(({ capacities }) => capacities === 'paper')),
      },
    ],
    summary: [
      ...data.capacities.map((set) =>
        rewardSection(
          rows.filter(({ capacities }) => capacities === set),
          set,
          data,
        ),
      ),
      loadSection(rows, data),
      orderSection(rows, data),
    ].join('\n\n'),
  };
}

function rewardSection(rows: readonly ProviderRow[], set: 'paper' | 'code', data: ProviderStudyData): string {
  const first = rows.filter(({ load }) => load === 1);
  const table = markdownTable(
    ['policy', 'reward', '± sd', 'independent', 'crashes', 'value of finished', 'lost'],
    policiesOf(first).map((policy) => {
      const of = (value: (row: ProviderRow) => number): Summary => summaryOf(first, policy, value);
      const reward = of((row) => row.reward);
      return [
        policy,
        reward.mean.toFixed(1),
        reward.std.toFixed(0),
        data.independent[set][policy]?.toFixed(1) ?? '',
        of((row) => row.crashes).mean.toFixed(1),
        of((row) => row.completedValue).mean.toFixed(1),
        of((row) => row.lost).mean.toFixed(1),
      ];
    }),
  );
  const bound = (value: (row: ProviderRow) => number): string => summarize(first.map(value)).mean.toFixed(1);
  return `## Capacities of the ${set}, load 1\n\nNo crash-free plan is worth more than ${bound((row) => row.crashFree)} in the mean, no plan more than ${bound((row) => row.capacityFree)}.\n\n${table}`;
}

function loadSection(rows: readonly ProviderRow[], { capacities, loads }: ProviderStudyData): string {
  const table = markdownTable(
    ['policy', ...capacities.flatMap((set) => loads.map((load) => `${set}, load ${load}`))],
    policiesOf(rows).map((policy) => [
      policy,
      ...capacities.flatMap((set) =>
        loads.map((load) => {
          const cell = rows.filter((row) => row.capacities === set && row.load === load);
          return withInterval(summaryOf(cell, policy, (row) => row.reward / row.crashFree));
        }),
      ),
    ]),
  );
  return `## Over the load\n\nReward over what no crash-free plan exceeds:\n\n${table}`;
}

/** In how many worlds the order of figure 12 holds. */
function orderSection(rows: readonly ProviderRow[], { capacities }: ProviderStudyData): string {
  const order = ['random', 'round-robin', 'crash-avoid', 'prophet'];
  const counts = capacities.map((set) => {
    const first = rows.filter((row) => row.capacities === set && row.load === 1);
    const seeds = [...new Set(first.map(({ seed }) => seed))];
    const holds = seeds.filter((seed) => {
      const rewards = order.map(
        (name) => first.find(({ policy, seed: own }) => policy === name && own === seed)?.reward ?? NaN,
      );
      return rewards.every((reward, k) => k === 0 || reward > rewards[k - 1]);
    });
    return `${holds.length} of ${seeds.length} worlds with the capacities of the ${set}`;
  });
  return `## The order of figure 12\n\nrandom < round-robin < crash-avoid < prophet holds in ${counts.join(', in ')}.`;
}

export function policiesOf(rows: readonly ProviderRow[]): string[] {
  return [...new Set(rows.map(({ policy }) => policy))];
}

export function summaryOf(
  rows: readonly ProviderRow[],
  policy: string,
  value: (row: ProviderRow) => number,
): Summary {
  return summarize(rows.filter((row) => row.policy === policy).map(value));
}
