import { Plot, renderSvg } from '../../figures/render.js';

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
