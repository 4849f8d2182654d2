import { tableFromRows } from '../../results/tables.js';
import { summarize } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import {
  accuracyFigure,
  costFigure,
  edgeShareFigure,
  gapFigure,
  sweepFigure,
  timelineFigure,
} from '../figures.js';
import type { Interval, SweepPoint } from '../figures.js';
import { logLabel } from './data.js';
import type { CachingRow, CachingStudyData } from './data.js';
import { allPolicies, costRows, distinct, interval, ratios, tableTwo, valuesOf, wins } from './tables.js';
import type { CostRow } from './tables.js';

/** Tables, figures and text of the study. */
export function cachingReport(rows: readonly CachingRow[], data: CachingStudyData): StudyReport {
  const table = costRows(rows, 'table');
  const cold = costRows(rows, 'cold');
  const sweep = costRows(rows, 'sweep');
  const log = costRows(rows, 'log');
  const seeds = valuesOf(table, 'LC').length;
  const max = wins(table, 'LC', 'LFU');
  const sum = wins(table, 'LC-sum', 'LFU');
  const summary = [
    '## Table II',
    `Costs per slot, mean and 95 % interval over ${seeds} seeds; in brackets what the paper prints.`,
    tableTwo(table, data.paper),
    `LC is cheaper than LFU on ${max.count} of ${max.seeds} seeds with the max rule, and LC with the sum rule is ` +
      `cheaper than LFU (max) on ${sum.count} of ${sum.seeds}.`,
    '## All policies',
    allPolicies(table),
    '## Where "LC beats LFU" holds',
    'Totals with one parameter changed, and the seeds on which LC is cheaper than LFU under the same rule.',
    sweepTable(sweep),
    '## The gap to the bound',
    `From an empty server, ${data.cold.slots} slots, ${valuesOf(cold, 'LC').length} seeds.`,
    gapTable(cold),
    '## A made-up platform log',
    `${data.log.requests} requests for ${data.log.models} models over ${data.log.days} days; costs relative to the lower ` +
      'bound, mean and 95 % interval. No policy is retuned: the length of a slot is what the vanishing coefficient of ' +
      'LC and VALUE is counted in.',
    logTable(log, data),
    '## Several edge servers with a shared cloud',
    `Cost per slot and server under VALUE; passing a request on costs ${data.edges.relayCost}.`,
    edgesTable(costRows(rows, 'edges'), data),
    '## Quantised variants and partial loading',
    'VALUE, by the price of a wholly wrong answer. Accuracy lost is an assumption: int4 2, int8 0.5, half a model 10 ' +
      'points.',
    variantsTable(costRows(rows, 'variants'), data),
    '## Active prefetch',
    prefetchTable(costRows(rows, 'prefetch')),
    "## Operators' rules",
    operatorsTable(costRows(rows, 'operators')),
  ].join('\n\n');
  const plain = rows.filter((row): row is CostRow => 'policy' in row);
  return {
    tables: [
      tableFromRows('costs', plain.map(complete)),
      tableFromRows(
        'stays',
        staysOf(rows).map((stay) => ({ ...stay })),
      ),
    ],
    figures: figures(rows, data, table, cold, sweep),
    summary,
  };
}

const FIELDS = ['total', 'switch', 'acc', 'inf', 'off', 'cloud', 'edge', 'loads', 'avgAcc'];

/** Rows of bounds have a total only; a table wants all columns. */
function complete(row: CostRow): Record<string, number | string> {
  const { group, label, seed, policy } = row;
  return { group, label, seed, policy, ...Object.fromEntries(FIELDS.map((f) => [f, Number(row[f] ?? NaN)])) };
}

function staysOf(rows: readonly CachingRow[]): Extract<CachingRow, { group: 'timeline' }>['stays'][number][] {
  return rows.flatMap((row) => ('stays' in row ? [...row.stays] : []));
}

function labelsOf(rows: readonly CostRow[]): [string, string, string][] {
  return distinct(rows.map((row) => row.label)).map((label) => {
    const [name, value] = label.split('|');
    return [label, name, value];
  });
}

function sweepTable(rows: readonly CostRow[]): string {
  const count = (policy: string, other: string, label: string): string => {
    const { count: won, seeds } = wins(rows, policy, other, label);
    return `${won}/${seeds}`;
  };
  return markdownTable(
    ['changed', 'LFU', 'LC', 'LC wins', 'LFU-sum', 'LC-sum', 'LC-sum wins', 'VALUE', 'VALUE-tuned'],
    labelsOf(rows).map(([label, name, value]) => [
      `${name} = ${value}`,
      ...['LFU', 'LC'].map((policy) => interval(valuesOf(rows, policy, 'total', label))),
      count('LC', 'LFU', label),
      ...['LFU-sum', 'LC-sum'].map((policy) => interval(valuesOf(rows, policy, 'total', label))),
      count('LC-sum', 'LFU-sum', label),
      ...['VALUE', 'VALUE-tuned'].map((policy) => interval(valuesOf(rows, policy, 'total', label))),
    ]),
  );
}

function gapTable(rows: readonly CostRow[]): string {
  const mean = (policy: string): number => summarize(valuesOf(rows, policy)).mean;
  const policies = distinct(rows.map((row) => row.policy)).sort((a, b) => mean(b) - mean(a));
  return markdownTable(
    ['policy', 'total', '/ bound', 'largest / bound', '/ LC-sum'],
    policies.map((policy) => [
      policy,
      interval(valuesOf(rows, policy)),
      interval(ratios(rows, policy, 'bound'), 3),
      Math.max(...ratios(rows, policy, 'bound')).toFixed(3),
      interval(ratios(rows, policy, 'LC-sum'), 3),
    ]),
  );
}

function logTable(rows: readonly CostRow[], { log }: CachingStudyData): string {
  const policies = ['LRU', 'LFU', 'LFU-sum', 'LC', 'LC-sum', 'VALUE', 'VALUE-tuned', 'clairvoyant'];
  return markdownTable(
    ['memory and slots', ...policies],
    log.cases.map(({ gpuGB, slotSeconds }) => {
      const label = logLabel(gpuGB, slotSeconds);
      return [label, ...policies.map((policy) => interval(ratios(rows, policy, 'bound', label), 3))];
    }),
  );
}

function edgesTable(rows: readonly CostRow[], { edges }: CachingStudyData): string {
  const cell = (label: string): string =>
    `${interval(valuesOf(rows, 'VALUE', 'total', label))}, ${(100 * summarize(valuesOf(rows, 'VALUE', 'edge', label)).mean).toFixed(1)} % edge`;
  return markdownTable(
    ['servers', 'alone', 'misses run at a neighbour', 'one owner per model'],
    edges.servers.map((count) => [
      String(count),
      ...['alone', 'share', 'owner'].map((cooperation) => cell(`${count}|${cooperation}`)),
    ]),
  );
}

function variantsTable(rows: readonly CostRow[], { variants }: CachingStudyData): string {
  const names = distinct(labelsOf(rows).map(([, name]) => name));
  return markdownTable(
    ['held as', ...variants.accuracyPrices.map((price) => `wrong answer ${price}`), 'edge, %'],
    names.map((name) => [
      name,
      ...variants.accuracyPrices.map((price) =>
        interval(valuesOf(rows, 'VALUE', 'total', `${name}|${price}`)),
      ),
      variants.accuracyPrices
        .map((price) =>
          (100 * summarize(valuesOf(rows, 'VALUE', 'edge', `${name}|${price}`)).mean).toFixed(0),
        )
        .join(' / '),
    ]),
  );
}

function prefetchTable(rows: readonly CostRow[]): string {
  const policies = distinct(rows.map((row) => row.policy));
  return markdownTable(
    ['policy', 'total', '/ VALUE', 'loads'],
    policies.map((policy) => [
      policy === 'VALUE' ? 'VALUE, on a miss only' : `prefetch every ${policy.split(' ')[1]} slots`,
      interval(valuesOf(rows, policy), 3),
      interval(ratios(rows, policy, 'VALUE'), 4),
      interval(valuesOf(rows, policy, 'loads'), 3),
    ]),
  );
}

function operatorsTable(rows: readonly CostRow[]): string {
  const shown: Record<string, string> = {
    LRU: 'least recently used, always loads',
    explicit: 'explicit set, pinned from the log of the warm-up',
    Cloud: 'no edge server',
  };
  return markdownTable(
    ['rule', 'total', 'more than VALUE-tuned', 'switching', 'edge, %'],
    distinct(rows.map((row) => row.policy)).map((policy) => [
      shown[policy] ?? (policy.startsWith('keep') ? `${policy} slots` : policy),
      interval(valuesOf(rows, policy)),
      `${interval(
        ratios(rows, policy, 'VALUE-tuned').map((ratio) => 100 * (ratio - 1)),
        0,
      )} %`,
      interval(valuesOf(rows, policy, 'switch')),
      interval(
        valuesOf(rows, policy, 'edge').map((share) => 100 * share),
        1,
      ),
    ]),
  );
}

function figures(
  rows: readonly CachingRow[],
  data: CachingStudyData,
  table: readonly CostRow[],
  cold: readonly CostRow[],
  sweep: readonly CostRow[],
): StudyReport['figures'] {
  const policies = distinct(table.map((row) => row.policy));
  const mean = (policy: string, field: string): number => summarize(valuesOf(table, policy, field)).mean;
  const intervals = (source: readonly number[], policy: string): Interval => {
    const { mean: middle, ci95 } = summarize(source);
    return { policy, mean: middle, ci95: Number.isNaN(ci95) ? 0 : ci95 };
  };
  const costs = policies.map((policy) => ({
    policy,
    switch: mean(policy, 'switch'),
    acc: mean(policy, 'acc'),
    inf: mean(policy, 'inf'),
    off: mean(policy, 'off'),
    cloud: mean(policy, 'cloud'),
  }));
  const selective = costs.filter(({ policy }) => mean(policy, 'total') < 2 * mean('Cloud', 'total'));
  const paperShares = Object.fromEntries(
    Object.entries(data.paper).map(([policy, { edge }]) => [policy, edge]),
  );
  const stays = staysOf(rows);
  return [
    {
      name: 'caching-costs',
      caption:
        'Costs per slot by term and policy, means over seeds. Policies that load on every miss pay for loading.',
      svg: costFigure(costs, 'Costs per slot by term, all policies'),
    },
    {
      name: 'caching-costs-selective',
      caption: 'The same for the policies that choose what they load, and the cloud alone.',
      svg: costFigure(selective, 'Costs per slot by term, policies that choose'),
    },
    {
      name: 'caching-edge-share',
      caption: 'Share of requests that run at the edge; crosses are the values of Table II.',
      svg: edgeShareFigure(
        policies.map((policy) => intervals(valuesOf(table, policy, 'edge'), policy)),
        paperShares,
      ),
    },
    {
      name: 'caching-accuracy',
      caption: 'Accuracy over effective examples in context; dots are the scores of Table I.',
      svg: accuracyFigure(),
    },
    {
      name: 'caching-timeline',
      caption: 'What is resident over one run: each line is a stay of one service in GPU memory.',
      svg: timelineFigure(stays, distinct(stays.map((stay) => stay.model)).sort()),
    },
    {
      name: 'caching-gap',
      caption: 'Total cost relative to the Lagrangian lower bound, from an empty server.',
      svg: gapFigure(
        distinct(cold.map((row) => row.policy))
          .filter((policy) => policy !== 'bound' && mean2(cold, policy) < 1.3)
          .sort((a, b) => mean2(cold, a) - mean2(cold, b))
          .map((policy) => intervals(ratios(cold, policy, 'bound'), policy)),
      ),
    },
    {
      name: 'caching-lc-lfu',
      caption: 'Share of seeds on which LC is cheaper than LFU under the same admission rule.',
      svg: sweepFigure(sweepPoints(sweep)),
    },
  ];
}

function mean2(rows: readonly CostRow[], policy: string): number {
  return summarize(ratios(rows, policy, 'bound')).mean;
}

function sweepPoints(rows: readonly CostRow[]): SweepPoint[] {
  return labelsOf(rows).flatMap(([label, parameter, value]) =>
    (
      [
        ['max rule', 'LC', 'LFU'],
        ['sum rule', 'LC-sum', 'LFU-sum'],
      ] as const
    ).map(([rule, policy, other]) => {
      const { share, low, high } = wins(rows, policy, other, label);
      return { parameter, value, rule, wins: share, low, high };
    }),
  );
}
