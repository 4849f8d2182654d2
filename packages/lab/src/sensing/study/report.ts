import { antennaChoices, drawSensing, sense } from '@metalore/core/sensing';
import { linesFigure } from '../../figures/lines.js';
import { palette, Plot, renderSvg } from '../../figures/render.js';
import { tableFromRows } from '../../results/tables.js';
import { summarize, withInterval } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import { isFound, scores, type MethodScore } from '../generator/evaluate.js';
import type { Condition, SensingRow, SensingStudyData } from './cells.js';

/** What a condition changes, as axes name it, with its unit. */
const CONDITIONS = {
  snapshots: 'snapshots',
  positionErrorLambda: 'standard deviation of the antennas’ places, wavelengths',
  coupling: 'coupling at half a wavelength',
  coherent: 'sources that send the same signal (0: no, 1: yes)',
  closeDeg: 'degrees between two of the sources',
} as const;
/** Methods of the figures, beside the classical ones: what else was judged stands in the table. */
const SHOWN_MODELS: readonly string[] = ['SSG', 'SSG, mean of 8'];
const RIVAL = 'odd exact';

/** Tables, figures and text: who finds the sources, where the generator wins, ghosts. */
export function sensingReport(rows: readonly SensingRow[], data: SensingStudyData): StudyReport {
  const plain = rows.filter(({ condition }) => condition === 'none');
  const changed = Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[];
  const of = (name: Condition['name']) => rows.filter(({ condition }) => condition === name);
  return {
    tables: [
      tableFromRows(
        'sensing',
        rows.map(({ errorsDeg: _errors, placesLambda: _places, squaredError, ...row }) => ({
          ...row,
          squaredError: squaredError ?? NaN,
        })),
      ),
    ],
    figures: [
      {
        name: 'sensing-ghosts',
        caption:
          'One draw, four ways to process it (paper 002, figs. 2-3): dashed lines are the sources. Antennas a wavelength apart see ghosts in a far-field or Fresnel scan; the exact scan of the same five tells them apart.',
        svg: ghostFigure(),
      },
      ...changed.map((name) => ({
        name: `sensing-${name}`,
        caption: `Share of draws with all three sources within 3 degrees over ${CONDITIONS[name]}, with 95 % intervals. Only antennas 1, 3, 5, 7, 9 reach the generator (SSG).`,
        svg: conditionFigure(of(name), name),
      })),
    ],
    summary: [
      firstParagraph(plain, rows),
      ...data.profiles.map((name) => profileSection(plain, name, data)),
      `## Fresnel waves\n\nWhere the waves themselves are Fresnel’s, a ghost looks like its source to every scan; a generator that found more than the expert’s luck would have been told the truth.\n\n${scoreTable(scores(of('fresnel waves')))}`,
      ...changed.map((name) => `## ${CONDITIONS[name]}\n\n${conditionTable(of(name))}`),
    ].join('\n\n'),
  };
}

/** Who wins, and where that changes. */
function firstParagraph(plain: readonly SensingRow[], rows: readonly SensingRow[]): string {
  const all = scores(plain.filter(({ profile }) => profile === 'well-posed'));
  const share = (method: string): string => {
    const score = all.find((one) => one.method === method);
    return score === undefined ? '–' : withInterval({ mean: score.share, ci95: score.ci95 });
  };
  const { ahead, level } = comparedToRival(rows);
  const where =
    (ahead.length === 0
      ? 'Nothing below puts it ahead.'
      : `Beyond its interval the generator is ahead at ${ahead.join('; ')}.`) +
    (level.length === 0 ? '' : ` It is level, within the intervals, at ${level.join('; ')}.`);
  return (
    `Exact classical processing beats the generator: from the same five antennas, a wavelength apart, MUSIC with the exact wave ` +
    `finds all three sources in ${share(RIVAL)} of the draws, one sample of the generator in ${share('SSG')}, the mean of ` +
    `eight in ${share('SSG, mean of 8')}; its observation, the Fresnel scan, in ${share('odd fresnel')}. ${where}`
  );
}

/** Conditions in which one sample of the generator is ahead of exact MUSIC on the same antennas, or level with it. */
function comparedToRival(rows: readonly SensingRow[]): { ahead: string[]; level: string[] } {
  const found: { ahead: string[]; level: string[] } = { ahead: [], level: [] };
  for (const name of Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[]) {
    const own = rows.filter(({ condition }) => condition === name);
    for (const value of valuesOf(own)) {
      const all = scores(own.filter((row) => row.value === value));
      const [ssg, rival] = ['SSG', RIVAL].map((method) => all.find((score) => score.method === method));
      if (ssg === undefined || rival === undefined) continue;
      const difference = ssg.share - rival.share;
      const width = Math.hypot(ssg.ci95, rival.ci95);
      if (difference < -width) continue;
      const list = difference > width ? found.ahead : found.level;
      list.push(`${CONDITIONS[name]} ${value} (${ssg.share.toFixed(2)} against ${rival.share.toFixed(2)})`);
    }
  }
  return found;
}

function profileSection(
  plain: readonly SensingRow[],
  name: string,
  { independent }: SensingStudyData,
): string {
  const all = scores(plain.filter(({ profile }) => profile === name));
  return `## Profile ${name}\n\n${scoreTable(all, name === 'well-posed' ? independent : undefined)}`;
}

function scoreTable(all: readonly MethodScore[], independent?: SensingStudyData['independent']): string {
  return markdownTable(
    [
      'method',
      'all three within 3°',
      'median error, °',
      'median miss, λ',
      'squared error',
      'draws',
      ...(independent ? ['independent: share', 'median, °'] : []),
    ],
    all.map(({ method, share, ci95, medianDeg, placeLambda, squaredError, draws }) => {
      const theirs = independent?.[method];
      return [
        method,
        withInterval({ mean: share, ci95 }),
        medianDeg.toFixed(2),
        placeLambda.toFixed(3),
        squaredError?.toFixed(4) ?? '',
        String(draws),
        ...(independent ? [theirs?.[0].toFixed(3) ?? '', theirs?.[1].toFixed(2) ?? ''] : []),
      ];
    }),
  );
}

function conditionTable(rows: readonly SensingRow[]): string {
  const methods = [...new Set(rows.map(({ method }) => method))].sort();
  return markdownTable(
    ['', ...methods],
    valuesOf(rows).map((value) => {
      const all = scores(rows.filter((row) => row.value === value));
      return [
        String(value),
        ...methods.map((method) => {
          const score = all.find((one) => one.method === method);
          return score === undefined ? '' : withInterval({ mean: score.share, ci95: score.ci95 }, 2);
        }),
      ];
    }),
  );
}

function conditionFigure(rows: readonly SensingRow[], name: keyof typeof CONDITIONS): string {
  const isShown = ({ method }: SensingRow): boolean =>
    SHOWN_MODELS.includes(method) || /^(odd|middle|all) /.test(method);
  const shown = rows.filter(isShown);
  const points = [...new Set(shown.map(({ method }) => method))].flatMap((series) =>
    valuesOf(shown).map((x) => {
      const own = shown.filter((row) => row.method === series && row.value === x);
      return { series, x, ...summarize(own.map(isFound)) };
    }),
  );
  return linesFigure(points, {
    title: 'All three sources found',
    x: CONDITIONS[name],
    y: 'share of draws',
    isLogX: name === 'snapshots',
    isZeroBased: true,
  });
}

function valuesOf(rows: readonly SensingRow[]): number[] {
  return [...new Set(rows.map(({ value }) => value))].sort((a, b) => a - b);
}

function ghostFigure(): string {
  const instance = drawSensing(7);
  const ways = [
    ['odd', 'far'],
    ['odd', 'fresnel'],
    ['odd', 'exact'],
    ['all', 'exact'],
  ] as const;
  const names = ways.map(([antennas, scan]) => `${antennas}, ${scan}`);
  const bins = ways.flatMap(([antennas, scan], k) =>
    sense(instance, { scan, antennas: antennaChoices[antennas] }).spectrum.map((value, bin) => ({
      way: names[k],
      theta: bin + 0.5,
      value,
    })),
  );
  const sources = names.flatMap((way) => instance.sources.map(({ thetaDeg }) => ({ way, theta: thetaDeg })));
  return renderSvg({
    title: 'Spectra of one draw',
    height: 620,
    marginRight: 90,
    x: { label: 'direction, degrees', ticks: [0, 30, 60, 90, 120, 150, 180] },
    y: { label: 'spectrum', ticks: [0.5, 1], grid: true },
    fy: { label: null, domain: names },
    marks: [
      Plot.ruleX(sources, { x: 'theta', fy: 'way', stroke: palette[1], strokeDasharray: '4,3' }),
      Plot.line(bins, { x: 'theta', y: 'value', fy: 'way', stroke: palette[0], strokeWidth: 1.6 }),
    ],
  });
}
