import { linesFigure } from '../../figures/lines.js';
import { palette, Plot, renderSvg } from '../../figures/render.js';
import { tableFromRows } from '../../results/tables.js';
import { summarize, withInterval } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import type { LifecycleRow, LifecycleStudyData } from './cells.js';

/** Tables, figures and text of the study: reputations over time, balance, temperature, numbers, collusion. */
export function lifecycleReport(rows: readonly LifecycleRow[], data: LifecycleStudyData): StudyReport {
  const of = (group: string): LifecycleRow[] => rows.filter((row) => row.group === group);
  const flat = rows.map(({ shares: _shares, reputation: _reputation, ...row }) => row);
  return {
    tables: [tableFromRows('lifecycle', flat)],
    figures: [
      {
        name: 'lifecycle-figure-15',
        caption: `Reputation of three providers (paper 002, fig. 15): mean and 95 % band; from round ${data.figure15.lazyFrom} on every task of ESP 1 fails.`,
        svg: reputationFigure(of('figure15'), data.figure15.lazyFrom),
      },
      {
        name: 'lifecycle-figure-16',
        caption: 'Shares of the tasks, largest first, by rule of choice (paper 002, fig. 16).',
        svg: balanceFigure(of('figure16')),
      },
      {
        name: 'lifecycle-temperature',
        caption:
          'Jain’s index of the tasks over the temperature of the softmax choice, mean and 95 % interval.',
        svg: temperatureFigure(of('temperature')),
      },
    ],
    summary: [
      fallSection(of('figure15'), data),
      balanceSection(of('figure16'), data),
      tableSection('Temperature', 'temperature', of('temperature')),
      tableSection('Many providers', 'providers', of('providers')),
      collusionSection(of('collusion')),
    ].join('\n\n'),
  };
}

const value = (values: readonly number[], digits: number): string => withInterval(summarize(values), digits);

function fallSection(rows: readonly LifecycleRow[], { independent, figure15 }: LifecycleStudyData): string {
  const table = markdownTable(
    ['round', 'ESP 1', 'ESP 2', 'ESP 3', 'independent'],
    Object.entries(independent.figure15).map(([round, theirs]) => [
      round,
      ...[0, 1, 2].map((provider) =>
        value(
          rows.map(({ reputation }) => reputation[Number(round)][provider]),
          3,
        ),
      ),
      theirs.map((one) => one.toFixed(3)).join(' / '),
    ]),
  );
  const share = (test: (row: LifecycleRow) => boolean): string =>
    `${((100 * rows.filter(test).length) / rows.length).toFixed(0)} %`;
  const before = share(({ reputation }) => {
    const [one, two, three] = reputation[figure15.lazyFrom - 1];
    return one > Math.max(two, three);
  });
  const after = share(({ reputation }) => {
    const [one, two, three] = reputation[reputation.length - 1];
    return one < Math.min(two, three);
  });
  return `## Figure 15: a provider that turns lazy\n\nESP 1 is first before in ${before} and last at the end in ${after} of ${rows.length} runs.\n\n${table}`;
}

function balanceSection(rows: readonly LifecycleRow[], { independent }: LifecycleStudyData): string {
  const table = markdownTable(
    ['rule', 'shares, largest first', 'Jain’s index', 'mean wait, rounds', 'independent: Jain', 'wait'],
    rulesOf(rows).map((name) => {
      const own = rows.filter(({ rule }) => rule === name);
      const theirs = independent.figure16[name];
      return [
        name,
        [0, 1, 2].map((k) => summarize(own.map(({ shares }) => shares[k])).mean.toFixed(3)).join(' / '),
        value(
          own.map(({ jain }) => jain),
          3,
        ),
        value(
          own.map(({ meanWaitRounds }) => meanWaitRounds),
          1,
        ),
        theirs?.[3].toFixed(3) ?? '',
        theirs?.[4].toFixed(1) ?? '',
      ];
    }),
  );
  return `## Figure 16: balance\n\nThe paper says both "the highest standing" and "softmax"; the first balances worse than the traditional rule (most good experiences).\n\n${table}`;
}

function tableSection(heading: string, x: string, rows: readonly LifecycleRow[]): string {
  const keys = [...new Set(rows.map((row) => `${row.rule} ${row.x}`))];
  const table = markdownTable(
    [x, 'rule', 'Jain’s index', 'mean wait, rounds', 'succeeded'],
    keys.map((key) => {
      const own = rows.filter((row) => `${row.rule} ${row.x}` === key);
      return [
        String(own[0].x),
        own[0].rule,
        value(
          own.map(({ jain }) => jain),
          3,
        ),
        value(
          own.map(({ meanWaitRounds }) => meanWaitRounds),
          1,
        ),
        value(
          own.map(({ succeeded }) => succeeded),
          3,
        ),
      ];
    }),
  );
  return `## ${heading}\n\n${table}`;
}

function collusionSection(rows: readonly LifecycleRow[]): string {
  const table = markdownTable(
    ['colluders beside 6 honest producers', 'ESP 1 (blamed)', 'ESP 2', 'ESP 3 (praised)'],
    [...new Set(rows.map(({ x }) => x))].map((x) => [
      String(x),
      ...[0, 1, 2].map((k) =>
        value(
          rows.filter((row) => row.x === x).map(({ shares }) => shares[k]),
          3,
        ),
      ),
    ]),
  );
  return `## Colluding recommenders\n\nShares of the honest producers’ tasks; a colluder reports one failure of ESP 1 and one success of ESP 3 a round, of twice the usual value.\n\n${table}`;
}

function rulesOf(rows: readonly LifecycleRow[]): string[] {
  return [...new Set(rows.map(({ rule }) => rule))];
}

function reputationFigure(rows: readonly LifecycleRow[], lazyFrom: number): string {
  const rounds = rows[0]?.reputation.length ?? 0;
  const points = [0, 1, 2].flatMap((provider) =>
    Array.from({ length: rounds }, (_, round) => {
      const { mean, ci95 } = summarize(rows.map(({ reputation }) => reputation[round][provider]));
      return { round, provider: `ESP ${provider + 1}`, mean, low: mean - ci95, high: mean + ci95 };
    }),
  );
  const names = ['ESP 1', 'ESP 2', 'ESP 3'];
  return renderSvg({
    title: 'Reputation over time',
    height: 380,
    x: { label: 'round' },
    y: { label: 'reputation', grid: true },
    color: { domain: names, range: palette.slice(0, 3), legend: true },
    marks: [
      Plot.areaY(points, { x: 'round', y1: 'low', y2: 'high', fill: 'provider', fillOpacity: 0.25 }),
      Plot.line(points, { x: 'round', y: 'mean', stroke: 'provider', strokeWidth: 1.8 }),
      Plot.ruleX([lazyFrom], { strokeDasharray: '4,3' }),
    ],
  });
}

function balanceFigure(rows: readonly LifecycleRow[]): string {
  const names = ['largest', 'second', 'third'];
  const bars = rulesOf(rows).flatMap((rule) =>
    names.map((name, k) => ({
      rule,
      name,
      share: summarize(rows.filter((row) => row.rule === rule).map(({ shares }) => shares[k])).mean,
    })),
  );
  return renderSvg({
    title: 'Shares of the tasks by rule of choice',
    height: 320,
    marginLeft: 100,
    x: { label: 'share of the tasks', grid: true },
    y: { label: null, domain: rulesOf(rows) },
    color: { domain: names, range: palette.slice(0, 3), legend: true },
    marks: [
      Plot.barX(bars, { x: 'share', y: 'rule', fill: 'name' }),
      Plot.ruleX([1 / 3, 2 / 3], { strokeDasharray: '4,3' }),
    ],
  });
}

function temperatureFigure(rows: readonly LifecycleRow[]): string {
  const points = [...new Set(rows.map(({ x }) => x))].map((x) => ({
    series: 'softmax',
    x,
    ...summarize(rows.filter((row) => row.x === x).map(({ jain }) => jain)),
  }));
  return linesFigure(points, {
    title: 'Balance over the temperature',
    x: 'temperature',
    y: 'Jain’s index',
    isLogX: true,
  });
}
