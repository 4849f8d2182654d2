import { Plot, palette, renderSvg } from '../figures/render.js';
import type { SweepRow } from './sweep.js';

/** A point of the trade-off plane that gets its name beside it. */
export interface Mark {
  readonly label: string;
  readonly row: SweepRow;
}

const AXES = {
  aosi: 'mean AoSI (steps)',
  aori: 'mean AoRI (steps)',
  served: 'requests served (%)',
} as const;

type Axis = keyof typeof AXES;

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly colour: number | string;
  readonly size: number;
  readonly front: boolean;
}

/**
 * The trade-off plane of a sweep (paper 000, Figs 4 and 5): colour is ρC and size ρP, or the first and second axis of a
 * sweep over something else; a line joins the points that no other one beats in both respects.
 */
export function tradeoffFigure(
  rows: readonly SweepRow[],
  y: 'served' | 'aori',
  marks: readonly Mark[] = [],
  title?: string,
): string {
  const [colourAxis, sizeAxis] = planeAxes(rows);
  const dots = toDots(rows, y, colourAxis, sizeAxis);
  const front = dots.filter((dot) => dot.front).sort((a, b) => a.x - b.x || a.y - b.y);
  const labels = marks.flatMap(({ label, row }) =>
    row.aosi === null || row[y] === null ? [] : [{ label, x: row.aosi, y: scaled(y, row[y]) }],
  );
  const isNumeric = dots.every((dot) => typeof dot.colour === 'number');
  return renderSvg({
    ...(title === undefined ? {} : { title }),
    subtitle: `${sizeAxis === undefined ? '' : `size: ${axisTitle(sizeAxis)}; `}dashed: Pareto front`,
    height: 420,
    x: { label: AXES.aosi, grid: true, nice: true, zero: true },
    y: { label: AXES[y], grid: true, nice: true, ...(y === 'served' ? {} : { zero: true }) },
    color: {
      legend: true,
      label: axisTitle(colourAxis),
      ...(isNumeric ? { scheme: 'viridis' } : { range: palette }),
    },
    r: { range: [2, 7] },
    marks: [
      Plot.line(front, { x: 'x', y: 'y', stroke: '#888', strokeDasharray: '4 3' }),
      Plot.dot(dots, { x: 'x', y: 'y', fill: 'colour', r: 'size', stroke: 'white', strokeWidth: 0.6 }),
      Plot.dot(labels, { x: 'x', y: 'y', r: 9, stroke: '#D55E00', strokeWidth: 1.6 }),
      Plot.text(labels, {
        x: 'x',
        y: 'y',
        text: 'label',
        dx: 12,
        dy: y === 'served' ? 16 : -10, // into the emptier side
        textAnchor: 'start',
        stroke: 'white',
        strokeWidth: 4,
        fill: '#1a1a1a',
        fontSize: 12,
      }),
    ],
  });
}

function planeAxes(rows: readonly SweepRow[]): [string, string | undefined] {
  const names = Object.keys(rows[0] ?? {});
  if (names.includes('rhoC') && names.includes('rhoP')) return ['rhoC', 'rhoP'];
  const axes = names.slice(0, names.indexOf('aosi'));
  const [first = 'rhoC', second] = axes;
  return [
    first,
    second !== undefined && rows.every((row) => typeof row[second] === 'number') ? second : undefined,
  ];
}

function axisTitle(axis: string): string {
  if (axis === 'rhoC') return 'ρC, UEs’ share of bandwidth';
  if (axis === 'rhoP') return 'ρP, requests’ share of compute';
  return axis;
}

function scaled(axis: Axis, value: number): number {
  return axis === 'served' ? 100 * value : value;
}

function toDots(
  rows: readonly SweepRow[],
  y: 'served' | 'aori',
  colourAxis: string,
  sizeAxis: string | undefined,
): Dot[] {
  // A split under which nothing was completed has no ages: null in memory, NaN in tables.
  const withAges = rows.filter((row) => Number.isFinite(row.aosi) && Number.isFinite(row[y]));
  const better = y === 'served' ? 1 : -1;
  return withAges.map((row) => ({
    x: row.aosi!,
    y: scaled(y, row[y]!),
    colour: row[colourAxis],
    size: sizeAxis === undefined ? 0.5 : Number(row[sizeAxis]),
    front: !withAges.some(
      (other) =>
        other.aosi! <= row.aosi! &&
        better * other[y]! >= better * row[y]! &&
        (other.aosi! < row.aosi! || better * other[y]! > better * row[y]!),
    ),
  }));
}
