import { palette, Plot, renderSvg } from '../../figures/render.js';

/** A point of a line with its 95 % interval. */
export interface LinePoint {
  readonly x: number;
  readonly value: number;
  readonly ci95: number;
  readonly series: string;
}

interface LineOptions {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly isLogX?: boolean;
  /** Vertical lines with a word beside them. */
  readonly marks?: readonly { readonly x: number; readonly text: string }[];
  /** A horizontal line. */
  readonly level?: number;
  readonly isZeroBased?: boolean;
}

/** Lines with 95 % bars. */
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
        y1: (point: LinePoint) => point.value - point.ci95,
        y2: (point: LinePoint) => point.value + point.ci95,
        stroke: 'series',
        strokeWidth: 2,
        strokeOpacity: 0.6,
      }),
      Plot.line(points, { x: 'x', y: 'value', stroke: 'series', strokeWidth: 1.8 }),
      Plot.dot(points, { x: 'x', y: 'value', fill: 'series', r: 3 }),
    ],
  });
}

/** A cell of a map. */
export interface MapPoint {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

/** A map of a ratio, its numbers written in. */
export function ratioMapFigure(
  points: readonly MapPoint[],
  { title, x, y, label }: { title: string; x: string; y: string; label: string },
): string {
  const values = points.map(({ value }) => value);
  const dark = (Math.min(...values) + Math.max(...values)) / 2;
  return renderSvg({
    title,
    height: 380,
    marginLeft: 70,
    padding: 0,
    x: { label: x, type: 'band' },
    y: { label: y, type: 'band', reverse: true },
    color: { scheme: 'viridis', legend: true, label },
    marks: [
      Plot.cell(points, { x: 'x', y: 'y', fill: 'value', inset: 0.5 }),
      Plot.text(points, {
        x: 'x',
        y: 'y',
        text: (point: MapPoint) => point.value.toFixed(2),
        fill: (point: MapPoint) => (point.value < dark ? 'white' : 'black'),
        fontSize: 12,
      }),
    ],
  });
}
