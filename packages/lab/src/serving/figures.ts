import { accuracy, catalogue, contextExponent } from '@metalore/core/serving';
import { palette, Plot, renderSvg } from '../figures/render.js';

/** Cost terms in the order of Table II, as figures name them. */
const TERMS = [
  ['switch', 'switching'],
  ['acc', 'accuracy'],
  ['inf', 'inference'],
  ['off', 'offloading'],
  ['cloud', 'cloud'],
] as const;

type Term = (typeof TERMS)[number][0];

/** Stacked cost terms per policy, in the order given. */
export function costFigure(
  rows: readonly ({ policy: string } & Record<Term, number>)[],
  title: string,
): string {
  const bars = rows.flatMap((row) =>
    TERMS.map(([key, term]) => ({ policy: row.policy, term, cost: row[key] })),
  );
  return renderSvg({
    title,
    height: 60 + 26 * rows.length,
    marginLeft: 100,
    x: { label: 'cost per slot', grid: true },
    y: { label: null, domain: rows.map((row) => row.policy) },
    color: { domain: TERMS.map(([, term]) => term), legend: true },
    marks: [Plot.barX(bars, { x: 'cost', y: 'policy', fill: 'term' }), Plot.ruleX([0])],
  });
}

/** A mean with its 95 % interval. */
export interface Interval {
  readonly policy: string;
  readonly mean: number;
  readonly ci95: number;
}

/** Share of requests at the edge, with what the paper prints. */
export function edgeShareFigure(rows: readonly Interval[], paper: Readonly<Record<string, number>>): string {
  const printed = Object.entries(paper).map(([policy, edge]) => ({
    policy,
    edge,
    source: 'paper, Table II',
  }));
  const measured = rows.map((row) => ({ ...row, source: 'MetaLore, mean and 95 % interval' }));
  return renderSvg({
    title: 'Requests that run at the edge',
    height: 60 + 24 * rows.length,
    marginLeft: 100,
    x: { label: 'share of all requests, %', domain: [0, 100], grid: true },
    y: { label: null, domain: rows.map((row) => row.policy) },
    color: {
      domain: ['MetaLore, mean and 95 % interval', 'paper, Table II'],
      range: [palette[0], palette[1]],
      legend: true,
    },
    marks: [
      Plot.ruleY(measured, {
        y: 'policy',
        x1: (row: Interval) => 100 * (row.mean - row.ci95),
        x2: (row: Interval) => 100 * (row.mean + row.ci95),
        stroke: 'source',
        strokeWidth: 2,
      }),
      Plot.dot(measured, { y: 'policy', x: (row: Interval) => 100 * row.mean, fill: 'source', r: 4 }),
      Plot.dot(printed, {
        y: 'policy',
        x: (row: { edge: number }) => 100 * row.edge,
        stroke: 'source',
        strokeWidth: 2,
        symbol: 'times',
        r: 6,
      }),
    ],
  });
}

/** Accuracy over the number of examples, of every row of Table I with context; dots are the table's own values. */
export function accuracyFigure(): string {
  const rows = catalogue.filter((entry) => entry.context !== null);
  const lines: { task: string; model: string; k: number; value: number }[] = [];
  const dots: { task: string; model: string; k: number; value: number }[] = [];
  for (const { model, task, zeroShot, context } of rows) {
    const { window, oneShot, fewShot } = context!;
    const alpha = contextExponent(zeroShot, oneShot, fewShot, window);
    for (let k = 0; k <= window; k += k < 2 ? 0.125 : 0.5) {
      lines.push({ task, model, k, value: accuracy(zeroShot, oneShot, alpha, k) });
    }
    for (const [k, value] of [
      [0, zeroShot],
      [1, oneShot],
      [window, fewShot],
    ] as const) {
      dots.push({ task, model, k, value });
    }
  }
  return renderSvg({
    title: 'Accuracy over examples in context',
    width: 720,
    height: 340,
    fx: { label: null },
    x: { label: 'effective examples in context', grid: true },
    y: { label: 'accuracy, %', domain: [0, 80], grid: true },
    color: { domain: ['GPT3-13B', 'GPT3-175B'], range: [palette[0], palette[1]], legend: true },
    marks: [
      Plot.frame({ stroke: '#ccc' }),
      Plot.line(lines, { x: 'k', y: 'value', fx: 'task', stroke: 'model', z: 'model', strokeWidth: 2 }),
      Plot.dot(dots, { x: 'k', y: 'value', fx: 'task', fill: 'model', r: 3 }),
    ],
  });
}

/** A model resident from one time to another. */
export interface Stay {
  readonly policy: string;
  readonly model: string;
  readonly service: number;
  readonly from: number;
  readonly to: number;
}

/** What is resident when: a line per service, ordered by service, one panel per policy. */
export function timelineFigure(stays: readonly Stay[], models: readonly string[]): string {
  const policies = [...new Set(stays.map((stay) => stay.policy))];
  return renderSvg({
    title: 'What is resident, over the run',
    subtitle: 'one line per service; a line is a stay in GPU memory',
    width: 820,
    height: 460,
    marginTop: 40,
    fx: { label: null, domain: policies },
    x: { label: 'slot' },
    y: { label: 'service, by number', reverse: true },
    color: { domain: [...models], legend: true },
    marks: [
      Plot.frame({ stroke: '#ccc' }),
      Plot.ruleY(stays, {
        y: 'service',
        x1: 'from',
        x2: 'to',
        fx: 'policy',
        stroke: 'model',
        strokeWidth: 3.2,
      }),
    ],
  });
}

/** Total cost relative to the lower bound: mean and 95 % interval over seeds. */
export function gapFigure(rows: readonly Interval[]): string {
  return renderSvg({
    title: 'Total cost relative to the lower bound',
    subtitle: 'mean and 95 % interval over seeds, cold start; 1 cannot be undercut',
    height: 60 + 28 * rows.length,
    marginLeft: 110,
    x: { label: 'cost / lower bound', grid: true },
    y: { label: null, domain: rows.map((row) => row.policy) },
    marks: [
      Plot.ruleX([1], { stroke: palette[1], strokeWidth: 2 }),
      Plot.ruleY(rows, {
        y: 'policy',
        x1: (row: Interval) => row.mean - row.ci95,
        x2: (row: Interval) => row.mean + row.ci95,
        stroke: palette[0],
        strokeWidth: 2,
      }),
      Plot.dot(rows, { y: 'policy', x: 'mean', fill: palette[0], r: 4 }),
    ],
  });
}

/** One point of a sweep: how often LC is cheaper than LFU on the same seed. */
export interface SweepPoint {
  readonly parameter: string;
  readonly value: string;
  readonly rule: string;
  /** Share of seeds, with its 95 % interval (Wilson). */
  readonly wins: number;
  readonly low: number;
  readonly high: number;
}

/** Where "LC beats LFU" holds. */
export function sweepFigure(points: readonly SweepPoint[]): string {
  const parameters = [...new Set(points.map((point) => point.parameter))];
  const rules = [...new Set(points.map((point) => point.rule))];
  const valuesOf = (parameter: string): string[] => [
    ...new Set(points.filter((point) => point.parameter === parameter).map((point) => point.value)),
  ];
  // Panels share the scale, their values differ: points stand at 0, 1, 2, …, and each panel writes its own values below.
  const at = (point: SweepPoint): number =>
    valuesOf(point.parameter).indexOf(point.value) +
    0.12 * (rules.indexOf(point.rule) - (rules.length - 1) / 2);
  const ticks = parameters.flatMap((parameter) =>
    valuesOf(parameter).map((value, x) => ({ parameter, value, x })),
  );
  return renderSvg({
    title: 'Where LC is cheaper than LFU under the same rule',
    subtitle: 'share of seeds with 95 % interval; everything else as in edge-models',
    width: 820,
    height: 320,
    marginTop: 40,
    fx: { label: null, domain: parameters, axis: 'top' },
    x: { axis: null, domain: [-0.5, Math.max(...ticks.map(({ x }) => x)) + 0.5] },
    y: { label: 'seeds on which LC is cheaper, %', domain: [0, 100], grid: true },
    color: { domain: rules, range: [palette[0], palette[1]], legend: true },
    marks: [
      Plot.frame({ stroke: '#ccc' }),
      Plot.ruleY([50], { stroke: '#888', strokeDasharray: '4 3' }),
      Plot.text(ticks, { x: 'x', fx: 'parameter', text: 'value', frameAnchor: 'bottom', dy: 16 }),
      Plot.line(points, {
        x: at,
        y: (p: SweepPoint) => 100 * p.wins,
        fx: 'parameter',
        stroke: 'rule',
        z: 'rule',
      }),
      Plot.ruleX(points, {
        x: at,
        y1: (p: SweepPoint) => 100 * p.low,
        y2: (p: SweepPoint) => 100 * p.high,
        fx: 'parameter',
        stroke: 'rule',
      }),
      Plot.dot(points, {
        x: at,
        y: (p: SweepPoint) => 100 * p.wins,
        fx: 'parameter',
        fill: 'rule',
        r: 3.5,
      }),
    ],
  });
}
