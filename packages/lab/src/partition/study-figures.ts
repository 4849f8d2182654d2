import { Plot, palette, renderSvg } from '../figures/render.js';
import type { PartitionRow, Variant } from './study-data.js';
import type { SweepPoint } from './study-tables.js';

/** What a method is called in figures. */
export const names: Readonly<Record<Variant, string>> = {
  snr: 'SNR',
  guarded: 'guarded',
  connected: 'optimal, connected',
  optimal: 'optimal',
  free: 'optimal, free twins',
};

/** Values that others print, drawn as open symbols. */
export interface PrintedPoint {
  readonly x: number;
  readonly value: number;
  readonly source: string;
}

const order: readonly Variant[] = ['snr', 'guarded', 'connected', 'optimal', 'free'];
const colours = [palette[1], palette[0], palette[4], palette[2], palette[3]];

/** Medians with the middle half of the draws as a band, beside printed values. */
export function sweepFigure(
  points: readonly SweepPoint[],
  printed: readonly PrintedPoint[],
  labels: { title: string; subtitle: string; x: string; y: string },
): string {
  const shown = order.filter((variant) => points.some((point) => point.variant === variant));
  const finite = points.filter((point) => Number.isFinite(point.median));
  const bands = points.filter((point) => Number.isFinite(point.high));
  const name = (point: SweepPoint) => names[point.variant];
  const sources = [...new Set(printed.map((point) => point.source))];
  return renderSvg({
    title: labels.title,
    subtitle: labels.subtitle,
    x: { label: labels.x, labelAnchor: 'center' },
    y: { label: labels.y, grid: true, zero: true, labelAnchor: 'center' },
    color: {
      legend: true,
      domain: [...shown.map((variant) => names[variant]), ...sources],
      range: [...shown.map((variant) => colours[order.indexOf(variant)]), '#000000', '#777777'],
    },
    marks: [
      Plot.areaY(bands, { x: 'x', y1: 'low', y2: 'high', fill: name, z: name, fillOpacity: 0.16 }),
      Plot.lineY(finite, { x: 'x', y: 'median', stroke: name, z: name, strokeWidth: 2 }),
      Plot.dot(finite, { x: 'x', y: 'median', fill: name, r: 2.6 }),
      Plot.dot(printed, {
        x: 'x',
        y: 'value',
        stroke: 'source',
        r: 5,
        strokeWidth: 1.8,
        symbol: (point: PrintedPoint) => (point.source === sources[0] ? 'diamond' : 'circle'),
      }),
      Plot.ruleY([0]),
    ],
    symbol: { type: 'identity' },
  });
}

/** Where the mass is after every iteration of the literal algorithm. */
export function literalFigure(row: PartitionRow): string {
  const points = row.masses!.flatMap((masses, index) =>
    masses.map((mass, server) => ({ iteration: index + 1, mass, server: `server ${server}` })),
  );
  return renderSvg({
    title: 'The printed iteration (14), without twins',
    subtitle: `share of the sensors at each server; ended in a ${row.ending}`,
    height: 300,
    x: {
      label: 'iteration',
      labelAnchor: 'center',
      ticks: row.masses!.map((_masses, index) => index + 1),
      tickFormat: 'd',
    },
    y: { label: 'share α of the mass', domain: [0, 1], grid: true, labelAnchor: 'center' },
    color: { legend: true, domain: [0, 1, 2, 3].map((server) => `server ${server}`) },
    marks: [
      Plot.lineY(points, { x: 'iteration', y: 'mass', stroke: 'server', strokeWidth: 2 }),
      Plot.dot(points, { x: 'iteration', y: 'mass', fill: 'server', r: 3.5 }),
      Plot.ruleY([0]),
    ],
  });
}
