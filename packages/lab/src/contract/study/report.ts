import { linesFigure } from '../../figures/lines.js';
import { palette, Plot, renderSvg } from '../../figures/render.js';
import { tableFromRows } from '../../results/tables.js';
import { sortedQuantile, summarize, withInterval } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import type { ContractRow, ContractStudyData } from './cells.js';

/** Tables, figures and text: shares of the optimum beside an independent program's. */
export function contractReport(rows: readonly ContractRow[], data: ContractStudyData): StudyReport {
  const compared = rows.filter(({ method }) => method !== 'optimal' && method !== 'first-best');
  const states = new Set(rows.map(({ state }) => state)).size;
  return {
    tables: [
      tableFromRows(
        'contract',
        rows.map((row) => ({ ...row, share: row.share ?? NaN })),
      ),
    ],
    figures: [
      {
        name: 'contract-shares',
        caption: `Share of the exact optimum in states of four types that were never seen: every dot a state (first ${states} seeds); lines: means.`,
        svg: shareFigure(compared.filter(({ types }) => types === 4)),
      },
      {
        name: 'contract-types',
        caption: 'Mean share of the exact optimum over the number of types, with 95 % intervals.',
        svg: typesFigure(compared.filter(({ method }) => method !== 'gradient')),
      },
    ],
    summary: [
      shareSection(compared, data),
      seedSection(rows),
      firstBestSection(rows),
      paperSection(data),
    ].join('\n\n'),
  };
}

const shareOf = ({ share }: ContractRow): number => share ?? NaN;

function shareSection(rows: readonly ContractRow[], { independent }: ContractStudyData): string {
  const four = rows.filter(({ types }) => types === 4);
  const table = markdownTable(
    ['menu', 'mean share', '5th percentile', 'least', 'states', 'independent: mean', '5th percentile'],
    methodsOf(four).map((method) => {
      const shares = Float64Array.from(
        four.filter((row) => row.method === method),
        shareOf,
      )
        .filter((share) => !Number.isNaN(share))
        .sort();
      const summary = summarize(shares);
      const [theirs, low] = independent[method] ?? [];
      return [
        method,
        withInterval(summary, 4),
        sortedQuantile(shares, 0.05).toFixed(4),
        shares[0].toFixed(4),
        String(summary.n),
        theirs?.toFixed(4) ?? '',
        low?.toFixed(4) ?? '',
      ];
    }),
  );
  return `## Shares of the optimum, four types\n\n${table}`;
}

function seedSection(rows: readonly ContractRow[]): string {
  const trained = rows.filter(({ method }) => method === 'gradient');
  const table = markdownTable(
    ['training seed', 'mean share', '5th percentile'],
    [...new Set(trained.map(({ seed }) => seed))].map((seed) => {
      const shares = Float64Array.from(
        trained.filter((row) => row.seed === seed),
        shareOf,
      ).sort();
      return [String(seed), summarize(shares).mean.toFixed(4), sortedQuantile(shares, 0.05).toFixed(4)];
    }),
  );
  return `## The true gradient\n\nA 2 × 128 perceptron on the structured head that follows the reward's own gradient, by training seed:\n\n${table}`;
}

/** What hidden types cost the recipient. */
function firstBestSection(rows: readonly ContractRow[]): string {
  const four = rows.filter(({ types, seed }) => types === 4 && seed === 0);
  const utility = (method: string): number[] =>
    four.filter((row) => row.method === method).map((row) => row.utility);
  const first = utility('first-best');
  const ofFirst = summarize(utility('optimal').map((value, k) => value / first[k]));
  return `Seeing every provider's type would be worth ${(100 / ofFirst.mean - 100).toFixed(1)} % more: the optimum is ${withInterval(ofFirst, 4)} of the first best.`;
}

function paperSection({ paper }: ContractStudyData): string {
  const values = Object.entries(paper).map(([name, value]) => `${name} ${value}`);
  return `## The paper\n\nFigure 10 has ${values.join(', ')} for one unnamed state, without the optimum. It gives neither the state nor the utilities, so these numbers cannot be reproduced; the 1.7 to 2.5 % between its learners are less than what a menu of a single item loses here. A one-step problem has no long-term dependence for a learner to use.`;
}

function shareFigure(rows: readonly ContractRow[]): string {
  const methods = methodsOf(rows);
  const means = methods.map((method) => ({
    method,
    mean: summarize(rows.filter((row) => row.method === method).map(shareOf)).mean,
  }));
  const shown = rows.filter(({ share }) => share !== null && share > 0.6);
  return renderSvg({
    title: 'Share of the optimum, four types',
    height: 320,
    marginLeft: 130,
    x: { label: 'share of the optimum (states below 0.6 not drawn)', grid: true, domain: [0.6, 1.005] },
    y: { label: null, domain: methods },
    marks: [
      Plot.tickX(shown, { x: 'share', y: 'method', stroke: palette[0], strokeOpacity: 0.25 }),
      Plot.tickX(means, { x: 'mean', y: 'method', stroke: 'black', strokeWidth: 3 }),
      Plot.ruleX([1], { stroke: palette[1], strokeDasharray: '4,3' }),
    ],
  });
}

function typesFigure(rows: readonly ContractRow[]): string {
  const points = methodsOf(rows).flatMap((series) =>
    [...new Set(rows.map(({ types }) => types))].map((x) => {
      const own = rows.filter((row) => row.method === series && row.types === x);
      return { series, x, ...summarize(own.map(shareOf)) };
    }),
  );
  return linesFigure(points, {
    title: 'Share of the optimum over the number of types',
    x: 'types',
    y: 'mean share of the optimum',
  });
}

function methodsOf(rows: readonly ContractRow[]): string[] {
  return [...new Set(rows.map(({ method }) => method))];
}
