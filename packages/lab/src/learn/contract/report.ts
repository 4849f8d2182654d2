import { linesFigure } from '../../figures/lines.js';
import { palette, Plot, renderSvg } from '../../figures/render.js';
import { tableFromRows } from '../../results/tables.js';
import { sortedQuantile, summarize, withInterval } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import {
  curvePoints,
  episodesOf,
  learningTables,
  meansBySeed,
  namesOf,
  pairedDifference,
} from '../comparison/rows.js';
import type { EpisodeRow } from '../comparison/rows.js';
import type { LearningRow, StudyLearner } from '../comparison/run.js';
import type { ContractLearnersData, ContractLearnersRow, MenuRow } from './cells.js';

/** Mean shares below this are left out of the learning curves: what is of interest lies above one item's. */
const LEAST_SHOWN = 0.95;

/** Tables, figures and text: learners beside the exact optimum and menus that need no learning. */
export function contractLearnersReport(
  all: readonly ContractLearnersRow[],
  data: ContractLearnersData,
  quick: boolean,
): StudyReport {
  const rows = all.filter((row): row is LearningRow => row.kind !== 'menu');
  const menus = all.filter((row): row is MenuRow => row.kind === 'menu');
  const episodes = episodesOf(rows);
  const { learners } = quick ? data.quick : data.full;
  const compared = learners.filter(({ seeds }) => seeds.length > 1);
  const main = compared.map(({ name }) => name);
  const points = curvePoints(
    rows.filter(({ name }) => main.includes(name)),
    1000,
  ).filter(({ mean }) => mean > LEAST_SHOWN);
  const one = summarize(shares(episodes, 'one-item')).mean;
  return {
    tables: [
      ...learningTables('contract-learners', rows),
      tableFromRows(
        'contract-learners-menus',
        menus.map(({ kind: _kind, ...row }) => row),
      ),
    ],
    figures: [
      {
        name: 'contract-learners',
        caption: `Mean share of the exact optimum on validation states over the training (paper 002, fig. 10 a): means over training seeds with 95 % intervals; means below ${LEAST_SHOWN} are not drawn; the dashed line is a menu of one item, ${one.toFixed(3)}.`,
        svg: linesFigure(points, {
          title: 'Share of the optimum over the training',
          x: 'states seen (thousands)',
          y: 'mean share of the optimum',
          level: one,
        }),
      },
      {
        name: 'contract-steps',
        caption:
          'Mean share of the exact optimum by the number of denoising steps N; dots are training seeds.',
        svg: stepsFigure(episodes, learners),
      },
      {
        name: 'contract-reference',
        caption: `Menus for contract-reference (paper 002, fig. 10 b): data and payment of every type's item, the optimum beside learners (first training seed).`,
        svg: referenceFigure(menus, main),
      },
    ],
    summary: [
      shareSection(episodes),
      orderSection(episodes, main),
      `## The paper\n\nFigure 10 has ${Object.entries(data.paper)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')} for one unnamed state, N = 10, without the optimum.`,
    ].join('\n\n'),
  };
}

const shares = (rows: readonly EpisodeRow[], name: string): Float64Array =>
  Float64Array.from(
    rows.filter((row) => row.name === name),
    ({ metrics }) => metrics['share'] ?? NaN,
  );

function shareSection(rows: readonly EpisodeRow[]): string {
  const table = markdownTable(
    ['menu', 'mean share', '5th percentile', 'least', 'training seeds', 'mean of the worst seed'],
    namesOf(rows)
      .filter((name) => name !== 'optimal' && name !== 'first-best')
      .map((name) => {
        const sorted = shares(rows, name).sort();
        const bySeed = meansBySeed(rows, name, 'share');
        const isTrained = !bySeed.has(0);
        const seeds = [...bySeed.values()];
        const summary = seeds.length > 1 ? summarize(seeds) : summarize(sorted);
        return [
          name,
          withInterval(summary, 4),
          sortedQuantile(sorted, 0.05).toFixed(4),
          sorted[0].toFixed(4),
          isTrained ? String(seeds.length) : '',
          isTrained ? Math.min(...seeds).toFixed(4) : '',
        ];
      }),
  );
  return `## Shares of the optimum\n\nIntervals are over training seeds where there are several, else over states.\n\n${table}`;
}

/** Who is ahead of whom, where the paired interval excludes 0. */
function orderSection(rows: readonly EpisodeRow[], names: readonly string[]): string {
  const pairs = names.flatMap((first, k) => names.slice(k + 1).map((second) => [first, second] as const));
  const table = markdownTable(
    ['pair', 'difference of mean shares', 'ahead'],
    pairs.map((pair) => {
      const difference = pairedDifference(rows, pair, 'share');
      const isClear = Math.abs(difference.mean) > difference.ci95;
      return [
        pair.join(' − '),
        withInterval(difference, 4),
        isClear ? pair[difference.mean > 0 ? 0 : 1] : 'neither',
      ];
    }),
  );
  return `## The order\n\nDifferences paired by training seed, 95 % intervals:\n\n${table}`;
}

/** Items of the optimum and of each learner's first training, one panel for data and one for payments. */
function referenceFigure(menus: readonly MenuRow[], names: readonly string[]): string {
  const shown = ['optimal', ...names];
  const bars = menus
    .filter(({ name, seed }) => shown.includes(name) && seed <= 1)
    .flatMap(({ name, type, mbit, payment }) => [
      { name, type: `type ${type}`, value: mbit, of: 'data, Mbit' },
      { name, type: `type ${type}`, value: payment, of: 'payment' },
    ]);
  return renderSvg({
    title: 'Menus for contract-reference',
    height: 380,
    marginRight: 70,
    x: { axis: null, domain: shown },
    y: { label: null, grid: true },
    fx: { label: null },
    fy: { label: null },
    color: { domain: shown, range: palette.slice(0, shown.length), legend: true },
    marks: [Plot.barY(bars, { x: 'name', y: 'value', fx: 'type', fy: 'of', fill: 'name' }), Plot.ruleY([0])],
  });
}

function stepsFigure(rows: readonly EpisodeRow[], learners: readonly StudyLearner[]): string {
  const points = learners
    .filter(
      ({ algorithm, view, options }) =>
        algorithm === 'diffusion' && !view.blind && view.head !== 'raw' && options['prediction'] !== 'noise',
    )
    .map(({ name, options }) => {
      const means = [...meansBySeed(rows, name, 'share').values()];
      const { mean, ci95, n } = summarize(means);
      const steps = Number(options['denoisingSteps'] ?? 5);
      return { x: steps, mean, ci95: n < 2 ? 0 : ci95, series: 'diffusion, structured head' };
    })
    .sort((a, b) => a.x - b.x);
  return linesFigure(points, {
    title: 'Share of the optimum by denoising steps',
    x: 'denoising steps N',
    y: 'mean share of the optimum',
    isLogX: true,
  });
}
