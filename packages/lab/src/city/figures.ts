import type { PartitionInstance } from '@metalore/core/partition';
import { Plot, palette, renderSvg } from '../figures/render.js';
import { regionBorders } from '../partition/map-figure.js';
import type { CityMaps } from './cells.js';
import { CITY_METRICS, type CityMetric, type Comparison } from './tables.js';

/** The methods' names in figures, in their order, and their colours. */
const METHODS = ['snr', 'paper', 'guarded', 'optimal'];
const COLOURS = [palette[1], palette[4], palette[0], palette[2]];

const methodScale = (comparisons: readonly Comparison[]): { domain: string[]; range: string[] } => {
  const domain = METHODS.filter((method) => comparisons.some(({ variant }) => variant.method === method));
  return { domain, range: domain.map((method) => COLOURS[METHODS.indexOf(method)]) };
};

/** A place of a map of ages, km. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly age: number;
  readonly requests: number;
}

/** Mean AoSI by place. @param most end of the colour scale, ms */
export function ageMapFigure(
  instance: PartitionInstance,
  maps: CityMaps,
  { title, subtitle, most }: { title: string; subtitle: string; most: number },
): string {
  const { zone, servers } = instance;
  const width = 420;
  const [marginLeft, marginRight, marginTop, marginBottom] = [52, 14, 12, 40];
  const height = ((width - marginLeft - marginRight) * zone.heightM) / zone.widthM + marginTop + marginBottom;
  const side = (width - marginLeft - marginRight) / maps.ages.columns;
  return renderSvg({
    title,
    subtitle,
    width,
    height: Math.round(height),
    marginLeft,
    marginRight,
    marginTop,
    marginBottom,
    x: { label: 'x (km)', domain: [0, zone.widthM / 1e3], labelAnchor: 'center' },
    y: { label: 'y (km)', domain: [0, zone.heightM / 1e3], labelAnchor: 'center' },
    color: {
      legend: true,
      label: 'mean AoSI (ms)',
      domain: [0, most],
      clamp: true,
      scheme: 'viridis',
    },
    marks: [
      Plot.link(regionBorders(instance, maps.labels), {
        x1: 'x1',
        x2: 'x2',
        y1: 'y1',
        y2: 'y2',
        stroke: '#777',
        strokeWidth: 0.6,
      }),
      Plot.dot(placesOf(instance, maps), {
        x: 'x',
        y: 'y',
        fill: 'age',
        r: Math.max(2, side * 0.55),
        symbol: 'square',
        stroke: 'white',
        strokeWidth: 0.4,
      }),
      Plot.dot(
        servers.map(({ x, y }) => ({ x: x / 1e3, y: y / 1e3 })),
        { x: 'x', y: 'y', r: servers.length > 40 ? 2 : 5, fill: 'black', symbol: 'triangle' },
      ),
      Plot.frame(),
    ],
  });
}

function placesOf({ zone }: PartitionInstance, { ages, units }: CityMaps): Place[] {
  const [stepX, stepY] = [zone.widthM / 1e3 / ages.columns, zone.heightM / 1e3 / ages.rows];
  return ages.synchronised.flatMap((requests, at) =>
    requests === 0
      ? []
      : [
          {
            x: ((at % ages.columns) + 0.5) * stepX,
            y: (Math.floor(at / ages.columns) + 0.5) * stepY,
            age: (1e3 * units.stepS * ages.aosi[at]) / requests,
            requests,
          },
        ],
  );
}

/** 95 % quantile of the ages by place over all maps: the end of their common colour scale. */
export function commonAge(maps: readonly CityMaps[]): number {
  const ages = maps
    .flatMap(({ ages, units }) =>
      ages.aosi.map((sum, at) => (1e3 * units.stepS * sum) / ages.synchronised[at]),
    )
    .filter((age) => Number.isFinite(age))
    .sort((a, b) => a - b);
  return ages[Math.floor(0.95 * (ages.length - 1))] ?? 1;
}

/** A metric of every method with its interval, policies side by side. */
export function methodsFigure(comparisons: readonly Comparison[], metric: CityMetric): string {
  const points = comparisons.map(({ variant, values }) => ({
    method: variant.method,
    policy: variant.policy,
    mean: values[metric].mean,
    low: values[metric].mean - values[metric].ci95,
    high: values[metric].mean + values[metric].ci95,
  }));
  const scale = methodScale(comparisons);
  return renderSvg({
    title: `${CITY_METRICS[metric]} by method and policy`,
    subtitle: 'means and 95 % intervals over the same episodes',
    height: 300,
    marginLeft: 64,
    x: { domain: scale.domain, label: null, axis: null },
    fx: { label: null },
    y: { label: CITY_METRICS[metric], grid: true, zero: true, labelAnchor: 'center' },
    color: { legend: true, ...scale },
    marks: [
      Plot.ruleX(points, {
        x: 'method',
        fx: 'policy',
        y1: 'low',
        y2: 'high',
        stroke: 'method',
        strokeWidth: 2,
      }),
      Plot.dot(points, { x: 'method', fx: 'policy', y: 'mean', fill: 'method', r: 4 }),
      Plot.ruleY([0]),
    ],
  });
}

/** What a group of the study varies. */
export interface Axis {
  readonly group: 'load' | 'age';
  readonly label: string;
  readonly title: string;
}

/** A metric over what a group varies, one panel per policy. */
export function axisFigure(comparisons: readonly Comparison[], metric: CityMetric, axis: Axis): string {
  const shown = comparisons.filter(({ variant }) => variant.group === axis.group);
  const points = pointsOf(shown, metric);
  return renderSvg({
    title: `${CITY_METRICS[metric]} ${axis.title}`,
    subtitle: 'means and 95 % intervals over draws of the twins',
    width: 820,
    height: 330,
    marginLeft: 64,
    x: {
      label: axis.label,
      type: axis.group === 'load' ? 'log' : 'symlog',
      ...(axis.group === 'age' && { constant: 10 }),
      labelAnchor: 'center',
      ticks: [...new Set(points.map((point) => point.x))],
      tickFormat: 'd',
    },
    fx: { label: null },
    y: { label: CITY_METRICS[metric], type: 'log', grid: true, labelAnchor: 'center', tickFormat: '~g' },
    color: { legend: true, ...methodScale(shown) },
    marks: [
      Plot.ruleX(points, { x: 'x', fx: 'policy', y1: 'low', y2: 'high', stroke: 'method', strokeWidth: 1.6 }),
      Plot.lineY(points, { x: 'x', fx: 'policy', y: 'mean', stroke: 'method', z: 'method' }),
      Plot.dot(points, { x: 'x', fx: 'policy', y: 'mean', fill: 'method', r: 3 }),
    ],
  });
}

function pointsOf(comparisons: readonly Comparison[], metric: CityMetric) {
  return comparisons.map(({ variant, values }) => {
    const { mean, ci95 } = values[metric];
    // a logarithmic axis has no place for what reaches below 0
    return {
      x: variant.x,
      method: variant.method,
      policy: variant.policy,
      mean,
      low: Math.max(mean - ci95, mean / 10),
      high: mean + ci95,
    };
  });
}

/** The two ages over the bandwidth. */
export function bandFigure(comparisons: readonly Comparison[]): string {
  const shown = comparisons.filter(({ variant }) => variant.group === 'band');
  const ages = [
    ['aosi', 'AoSI', palette[0]],
    ['aori', 'AoRI', palette[1]],
  ] as const;
  const points = ages.flatMap(([metric, age]) => pointsOf(shown, metric).map((point) => ({ ...point, age })));
  return renderSvg({
    title: 'Ages over the bandwidth',
    subtitle: 'means and 95 % intervals over draws of the twins',
    width: 820,
    height: 330,
    fx: { label: null },
    x: {
      label: 'bandwidth over the city’s',
      type: 'log',
      base: 2,
      labelAnchor: 'center',
      ticks: [...new Set(points.map((point) => point.x))],
      tickFormat: '~g',
    },
    y: { label: 'age (ms)', type: 'log', grid: true, labelAnchor: 'center', tickFormat: '~g' },
    color: { legend: true, domain: ages.map(([, age]) => age), range: ages.map(([, , colour]) => colour) },
    marks: [
      Plot.ruleX(points, { x: 'x', fx: 'policy', y1: 'low', y2: 'high', stroke: 'age', strokeWidth: 1.6 }),
      Plot.lineY(points, { x: 'x', fx: 'policy', y: 'mean', stroke: 'age', z: 'age' }),
      Plot.dot(points, { x: 'x', fx: 'policy', y: 'mean', fill: 'age', r: 3 }),
    ],
  });
}
