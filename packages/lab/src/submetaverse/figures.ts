import { Plot, palette, renderSvg } from '../figures/render.js';
import type { ProfileData, StepSum } from './profile.js';

export interface Figure {
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

const MAX_POINTS = 250;

/** Figures of one run: queues and ages over time, splits where they vary, distributions of both ages. */
export function runFigures(profile: ProfileData, policy: string): Figure[] {
  const runs = `${policy}, mean over ${profile.episodes} episode${profile.episodes === 1 ? '' : 's'}`;
  const figures = [
    {
      name: 'queues',
      caption: `Computation queues over time (jobs waiting or in process at the end of a step): ${runs}`,
      svg: queuesFigure(profile),
    },
    {
      name: 'ages',
      caption: `Ages of the requests completed in a step, over time: ${runs}`,
      svg: agesFigure(profile),
    },
    {
      name: 'age-distributions',
      caption: `Distribution of AoRI and AoSI over completed requests: ${policy}, ${profile.episodes} episodes`,
      svg: distributionFigure(profile),
    },
  ];
  if (splitsVary(profile)) {
    figures.push({ name: 'splits', caption: `Splits over time: ${runs}`, svg: splitsFigure(profile) });
  }
  return figures;
}

interface Point {
  readonly step: number;
  readonly value: number;
  readonly series: string;
}

/** Ratio of two sums over time, in at most {@link MAX_POINTS} bins of equal width. */
function overTime(profile: ProfileData, sum: StepSum, count: StepSum | number, series: string): Point[] {
  const steps = profile.steps[sum].length;
  const width = Math.ceil(steps / MAX_POINTS);
  const points: Point[] = [];
  for (let start = 0; start < steps; start += width) {
    const end = Math.min(steps, start + width);
    let total = 0;
    let weight = 0;
    for (let step = start; step < end; step++) {
      total += profile.steps[sum][step];
      weight += typeof count === 'number' ? count : profile.steps[count][step];
    }
    if (weight > 0) points.push({ step: (start + end - 1) / 2, value: total / weight, series });
  }
  return points;
}

function lines(
  points: readonly Point[],
  series: readonly string[],
  yLabel: string,
  maximum?: number,
): string {
  return renderSvg({
    height: 300,
    x: { label: 'step (s)', zero: true },
    y: {
      label: yLabel,
      grid: true,
      zero: true,
      nice: true,
      ...(maximum === undefined ? {} : { domain: [0, maximum] }),
    },
    color: { legend: true, domain: [...series], range: palette.slice(0, series.length) },
    marks: [
      Plot.ruleY([0]),
      Plot.lineY(points, { x: 'step', y: 'value', stroke: 'series', strokeWidth: 1.8, z: 'series' }),
    ],
  });
}

function queuesFigure(profile: ProfileData): string {
  const runs = profile.episodes * profile.cells;
  return lines(
    [
      ...overTime(profile, 'requestQueueJobs', runs, 'requests'),
      ...overTime(profile, 'updateQueueJobs', runs, 'updates'),
    ],
    ['requests', 'updates'],
    'jobs in the computation queue of a cell',
  );
}

function agesFigure(profile: ProfileData): string {
  return lines(
    [...overTime(profile, 'aori', 'completed', 'AoRI'), ...overTime(profile, 'aosi', 'synchronised', 'AoSI')],
    ['AoRI', 'AoSI'],
    'mean age (steps)',
  );
}

function splitsVary(profile: ProfileData): boolean {
  const first = { rhoC: profile.steps.rhoC[0], rhoP: profile.steps.rhoP[0] };
  // Sums of equal shares differ in their last bits at most.
  return (['rhoC', 'rhoP'] as const).some((name) =>
    profile.steps[name].some(
      (value) => Math.abs(value - first[name]) > 1e-9 * profile.episodes * profile.cells,
    ),
  );
}

function splitsFigure(profile: ProfileData): string {
  const runs = profile.episodes * profile.cells;
  const series = ['ρC, UEs’ share of bandwidth', 'ρP, requests’ share of compute'];
  return lines(
    [...overTime(profile, 'rhoC', runs, series[0]), ...overTime(profile, 'rhoP', runs, series[1])],
    series,
    'share of the capacity',
    1,
  );
}

function distributionFigure(profile: ProfileData): string {
  const bars = (['AoRI', 'AoSI'] as const).flatMap((age) =>
    shares(age === 'AoRI' ? profile.aoriCounts : profile.aosiCounts).map((bin) => ({ ...bin, age })),
  );
  return renderSvg({
    height: 340,
    marginRight: 56,
    x: { label: 'age (steps)' },
    y: { label: 'share of completed requests (%)', grid: true, nice: true },
    fy: { label: null },
    color: { domain: ['AoRI', 'AoSI'], range: palette.slice(0, 2) },
    marks: [
      Plot.rectY(bars, {
        x1: 'low',
        x2: 'high',
        y: 'percent',
        fy: 'age',
        fill: 'age',
        insetLeft: 0.5,
        insetRight: 0.5,
      }),
      Plot.ruleY([0]),
    ],
  });
}

/** Ages in at most 60 bins of whole steps, up to the age that 99.8 % do not exceed. */
function shares(counts: Float64Array): { low: number; high: number; percent: number }[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let last = 0;
  for (let covered = 0; last < counts.length && covered < 0.998 * total; last++) covered += counts[last];
  const width = Math.max(1, Math.ceil(last / 60));
  const bins: { low: number; high: number; percent: number }[] = [];
  for (let low = 0; low < last; low += width) {
    let count = 0;
    for (let age = low; age < Math.min(low + width, counts.length); age++) count += counts[age];
    bins.push({ low: low - 0.5, high: low + width - 0.5, percent: (100 * count) / total });
  }
  return bins;
}
