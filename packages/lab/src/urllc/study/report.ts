import { tableFromRows } from '../../results/tables.js';
import { summarize } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import { linesFigure, type LinePoint } from '../../figures/lines.js';
import type { UrllcRow, UrllcStudyData } from './data.js';

/** Optima are known to this relative precision. */
const TOLERANCE = 1e-5;

/** Tables, figures and text of the study: our values beside the paper's. */
export function urllcReport(rows: readonly UrllcRow[], data: UrllcStudyData): StudyReport {
  const figure2 = rows.filter((row) => row.group === 'figure2');
  const figure3 = rows.filter((row) => row.group === 'figure3');
  const channels = new Set(rows.map((row) => row.seed)).size;
  return {
    tables: [
      tableFromRows(
        'urllc',
        rows.map((row) => ({ ...row })),
      ),
    ],
    figures: [
      {
        name: 'urllc-energy-cache',
        caption: `Total latency over the energy budget for four caching capacities (paper, fig. 2): optimum, mean and 95 % interval over ${channels} channels.`,
        svg: linesFigure(
          points(figure2, (row) => `S = ${Number(row.label) / 1e3} kbit`),
          {
            title: 'Total latency over energy budget and cache',
            x: 'energy budget, mJ',
            y: 'total latency, ms',
          },
        ),
      },
      {
        name: 'urllc-edge-rate',
        caption: `Total latency over the edge rate with and without a deviation of the rates (paper, fig. 3): optimum, mean over ${channels} channels; the same channels in every point.`,
        svg: linesFigure(
          points(figure3, deviationName).map((point) => ({ ...point, ci95: 0 })),
          { title: 'Total latency over edge rate', x: 'edge rate, GHz', y: 'total latency, ms' },
        ),
      },
      {
        name: 'urllc-offloading',
        caption:
          'Mean offloaded share of the devices that transmit over the edge rate (paper, fig. 3, lower part).',
        svg: linesFigure(
          points(
            figure3.filter((row) => Number(row.label) === 0),
            deviationName,
            (row) => row.offloaded,
          ),
          { title: 'Offloaded share over edge rate', x: 'edge rate, GHz', y: 'mean offloaded share' },
        ),
      },
    ],
    summary: [
      cacheSection(figure2),
      trendSection(figure2, figure3, data),
      alternatingSection(rows.filter((row) => row.group === 'alternating')),
      readingSection(
        rows.filter((row) => row.group === 'reading'),
        data,
      ),
    ].join('\n\n'),
  };
}

function deviationName(row: UrllcRow): string {
  return Number(row.label) === 0
    ? 'no deviation'
    : `rates ${100 * Number(row.label)} % below their estimates`;
}

function points(
  rows: readonly UrllcRow[],
  series: (row: UrllcRow) => string,
  value: (row: UrllcRow) => number = (row) => row.totalMs,
): LinePoint[] {
  const groups = new Map<string, UrllcRow[]>();
  for (const row of rows) {
    const key = `${series(row)}|${row.x}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const { mean, ci95 } = summarize(group.map(value));
    return { x: group[0].x, series: series(group[0]), mean, ci95: Number.isNaN(ci95) ? 0 : ci95 };
  });
}

function cacheSection(rows: readonly UrllcRow[]): string {
  const stated = rows.filter((row) => row.x === 3);
  const capacities = [...new Set(stated.map((row) => row.label))];
  const gap = Math.max(...rows.map((row) => 1 - row.lowerBoundMs / row.totalMs));
  const table = markdownTable(
    ['cache, kbit', 'total latency, ms', 'standard deviation', 'channels'],
    capacities.map((label) => {
      const { mean, std, n } = summarize(
        stated.filter((row) => row.label === label).map((row) => row.totalMs),
      );
      return [String(Number(label) / 1e3), mean.toFixed(2), std.toFixed(2), String(n)];
    }),
  );
  return `## Caching capacity\n\nOptimum at 3 mJ; the largest gap to its bound over all runs of figure 2 is ${gap.toExponential(1)}.\n\n${table}`;
}

/** Fall from the first to the last x of each channel, and on how many channels it never rises on the way. */
function falls(
  rows: readonly UrllcRow[],
  label: string,
): { mean: number; ci95: number; monotone: number; n: number } {
  const seeds = [...new Set(rows.map((row) => row.seed))];
  const runs = seeds.map((seed) => rows.filter((row) => row.seed === seed && row.label === label));
  const { mean, ci95 } = summarize(runs.map((run) => run[0].totalMs - run.at(-1)!.totalMs));
  const isFalling = (run: readonly UrllcRow[]): boolean =>
    run.every((row, k) => k === 0 || row.totalMs <= run[k - 1].totalMs * (1 + TOLERANCE));
  return { mean, ci95, monotone: runs.filter(isFalling).length, n: runs.length };
}

function trendSection(
  figure2: readonly UrllcRow[],
  figure3: readonly UrllcRow[],
  data: UrllcStudyData,
): string {
  const capacities = [...new Set(figure2.map((row) => row.label))];
  const deviations = [...new Set(figure3.map((row) => row.label))];
  const { fallOverEnergy, fallOverEdgeRate, offloadedShare } = data.paper;
  const row = (name: string, rows: readonly UrllcRow[], label: string, paper: string): string[] => {
    const { mean, ci95, monotone, n } = falls(rows, label);
    return [name, `${mean.toFixed(3)} ± ${ci95.toFixed(3)}`, `${monotone}/${n}`, paper];
  };
  const share = points(
    figure3.filter((entry) => Number(entry.label) === 0),
    deviationName,
    (entry) => entry.offloaded,
  );
  const table = markdownTable(
    ['fall of the total latency, ms', 'mean and 95 % interval', 'monotone channels', 'paper'],
    [
      ...capacities.map((label) =>
        row(
          `energy 1.5 → 4 mJ, S = ${Number(label) / 1e3} kbit`,
          figure2,
          label,
          Number(label) === 60000 ? `about ${fallOverEnergy}` : '–',
        ),
      ),
      ...deviations.map((label) =>
        row(
          `edge rate 30 → 38 GHz, deviation ${100 * Number(label)} %`,
          figure3,
          label,
          Number(label) === 0 ? `about ${fallOverEdgeRate}` : '–',
        ),
      ),
    ],
  );
  return (
    `## Trends\n\n${table}\n\nOffloaded share over the edge rate: ` +
    `${share[0].mean.toFixed(2)} → ${share.at(-1)!.mean.toFixed(2)} (paper: ${offloadedShare.map((value) => value.toFixed(2)).join(' → ')}).`
  );
}

function alternatingSection(rows: readonly UrllcRow[]): string {
  const optimum = new Map(
    rows.filter((row) => row.method === 'optimal').map((row) => [row.seed, row.totalMs]),
  );
  const methods = [...new Set(rows.map((row) => row.method))].filter((method) => method !== 'optimal');
  const table = markdownTable(
    ['method', 'mean above the optimum', 'largest', 'smallest', 'runs'],
    methods.map((method) => {
      const above = rows
        .filter((row) => row.method === method)
        .map((row) => 100 * (row.totalMs / optimum.get(row.seed)! - 1));
      const percent = (value: number): string => `${value.toFixed(2)} %`;
      return [
        method,
        percent(summarize(above).mean),
        percent(Math.max(...above)),
        percent(Math.min(...above)),
        String(above.length),
      ];
    }),
  );
  return `## Alternating optimisation\n\nEvery channel from every start, at the stated parameters.\n\n${table}`;
}

function readingSection(rows: readonly UrllcRow[], data: UrllcStudyData): string {
  const at = (name: string, x: number): number[] =>
    rows.filter((row) => row.label === name && row.x === x).map((row) => row.totalMs ?? NaN);
  const shares = (name: string): number =>
    summarize(rows.filter((row) => row.label === name && row.x === 0).map((row) => row.offloaded ?? NaN))
      .mean;
  const difference = (name: string, from: number, to: number): string => {
    const end = at(name, to);
    return summarize(at(name, from).map((value, k) => value - end[k])).mean.toFixed(2);
  };
  const table = markdownTable(
    [
      'reading',
      'S = 60 kbit, ms',
      'S = 0, ms',
      'fall over energy, ms',
      'fall over edge rate, ms',
      'offloaded',
      'solved',
    ],
    [
      ...data.readings.map(({ name }) => [
        name,
        summarize(at(name, 0)).mean.toFixed(2),
        summarize(at(name, 1)).mean.toFixed(2),
        difference(name, 2, 3),
        difference(name, 0, 4),
        shares(name).toFixed(2),
        `${rows.filter((row) => row.label === name && Number.isFinite(row.totalMs)).length}/${rows.filter((row) => row.label === name).length}`,
      ]),
      [
        'paper (figures 2 and 3)',
        'about 15 to 19',
        'about 25',
        `about ${data.paper.fallOverEnergy}`,
        `about ${data.paper.fallOverEdgeRate}`,
        '0.70',
        '–',
      ],
    ],
  );
  return `## Other readings of the stated parameters\n\n${table}`;
}
