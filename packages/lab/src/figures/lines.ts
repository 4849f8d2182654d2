import { palette, Plot, renderSvg } from './render.js';

/** A point of a line with its 95 % interval. */
export interface LinePoint {
  readonly x: number;
  readonly mean: number;
  readonly ci95: number;
  readonly series: string;
}

interface LineOptions {
  readonly title: string;
  /** Labels of the axes, with units. */
  readonly x: string;
  readonly y: string;
  readonly isLogX?: boolean;
  /** Vertical lines with a word beside them. */
  readonly marks?: readonly { readonly x: number; readonly text: string }[];
  /** A horizontal line. */
  readonly level?: number;
  readonly isZeroBased?: boolean;
}

/** Lines with 95 % intervals over one parameter. */
export function linesFigure(points: readonly LinePoint[], options: LineOptions): string {
  const { title, x, y, isLogX = false, marks = [], level, isZeroBased = false } = options;
  const series = [...new Set(points.map((point) => point.series))];
  const ticks = [...new Set(points.map((point) => point.x))];
  return renderSvg({
    title,
    height: 380,
    x: isLogX ? { label: x, type: 'log', ticks, tickFormat: (tick: number) => String(tick) } : { label: x },
    y: { label: y, grid: true, nice: true, zero: isZeroBased },
    color: { domain: series, range: palette.slice(0, series.length), legend: true },
    marks: [
      ...(level === undefined ? [] : [Plot.ruleY([level], { strokeDasharray: '2,3' })]),
      Plot.ruleX(marks, { x: 'x', stroke: '#888', strokeDasharray: '4,3' }),
      Plot.text(marks, { x: 'x', text: 'text', frameAnchor: 'top', dx: 5, dy: 2, textAnchor: 'start' }),
      Plot.ruleX(points, {
        x: 'x',
        y1: (point: LinePoint) => point.mean - point.ci95,
        y2: (point: LinePoint) => point.mean + point.ci95,
        stroke: 'series',
        strokeOpacity: 0.6,
      }),
      Plot.line(points, { x: 'x', y: 'mean', stroke: 'series', strokeWidth: 1.8 }),
      Plot.dot(points, { x: 'x', y: 'mean', fill: 'series', r: 3 }),
    ],
  });
}
