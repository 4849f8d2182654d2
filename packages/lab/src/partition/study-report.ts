import { parsePartitionInstance } from '@metalore/core/partition';
import { withChanges } from '@metalore/core/document';
import { dataFile } from '../io/data-folder.js';
import { readDocument } from '../io/documents.js';
import { tableFromRows } from '../results/tables.js';
import { markdownTable } from '../study/markdown-table.js';
import type { StudyReport } from '../study/study.js';
import { drawPartitionMap } from './map-figure.js';
import type { PartitionRow, PartitionStudyData, Variant } from './study-data.js';
import { variants } from './study-data.js';
import { literalFigure, names, sweepFigure } from './study-figures.js';
import type { PrintedPoint } from './study-figures.js';
import { distinct, largestGaps, reductions, sweepPoints, tenDrawSpread } from './study-tables.js';

type Figures = StudyReport['figures'][number][];

/** Tables, figures and text of the study. */
export function partitionReport(rows: readonly PartitionRow[], data: PartitionStudyData): StudyReport {
  const plain = rows.filter((row): row is PartitionRow & { variant: Variant } => row.variant !== 'paper');
  const summary = [
    '## Figure 3: number of twins',
    'Average sub-synchronization time in ms, medians over draws of the twins’ positions; the last columns are the ' +
      'independent program’s medians over ten draws, our 95 % range of medians over ten draws, and the paper.',
    twinsTable(rows, data),
    '## Figure 4: spread of the sensing density',
    `${data.spread.twins} twins, medians over draws.`,
    spreadTable(rows),
    spreadText(rows, data),
    '## Beyond the paper',
    gainsTable(rows),
    gapText(rows),
    '## The printed iteration',
    literalTable(rows),
  ].join('\n\n');
  return {
    tables: [
      tableFromRows(
        'objectives',
        plain.map(({ group, x, seed, variant, objectiveMs, lowerBoundMs, converged }) => ({
          group,
          x,
          seed,
          method: variant,
          objectiveMs: objectiveMs ?? Infinity,
          lowerBoundMs: lowerBoundMs ?? NaN,
          converged,
        })),
      ),
      tableFromRows(
        'regions',
        plain.flatMap(({ group, x, seed, variant, twinsOf, areaKm2 }) =>
          twinsOf.map((twins, server) => ({
            group,
            x,
            seed,
            method: variant,
            server,
            twins,
            areaKm2: areaKm2[server],
          })),
        ),
      ),
    ],
    figures: [...mapFigures(rows, data), ...sweepFigures(rows, data), ...literalFigures(rows)],
    summary,
  };
}

function mapFigures(rows: readonly PartitionRow[], data: PartitionStudyData): Figures {
  const base = readDocument(dataFile('scenarios', `${data.scenario}.yaml`));
  const changes = { 'twins.count': data.maps.twins, 'twins.seed': data.maps.seed };
  const instance = parsePartitionInstance(withChanges(base, changes));
  return rows
    .filter((row) => row.group === 'maps' && row.labels !== undefined)
    .map((row) => ({
      name: `partition-map-${row.variant}`,
      caption: `Regions and twins, ${data.maps.twins} twins: ${names[row.variant as Variant]} (paper 001, figure 2)`,
      svg: drawPartitionMap(instance, {
        title: names[row.variant as Variant],
        subtitle: `average sub-synchronization time ${row.objectiveMs!.toFixed(2)} ms`,
        labels: row.labels!,
        twins: row.twins!,
        width: 420,
      }),
    }));
}

function sweepFigures(rows: readonly PartitionRow[], data: PartitionStudyData): Figures {
  const { paper, independent } = data;
  const at = (source: string, from: { twins: number[]; snr: number[]; guarded: number[] }): PrintedPoint[] =>
    from.twins.flatMap((x, index) => [
      { x, value: from.snr[index], source },
      { x, value: from.guarded[index], source },
    ]);
  const draws = rows.filter((row) => row.group === 'twins' && row.variant === 'snr');
  const perPoint = draws.length / distinct(draws.map((row) => row.x)).length;
  const subtitle = `medians over draws (SNR, guarded: ${perPoint}); bands: middle half; open symbols: values of others`;
  const y = 'average sub-synchronization time (ms)';
  return [
    {
      name: 'partition-fig3',
      caption: 'Average sub-synchronization time against the number of twins (paper 001, figure 3)',
      svg: sweepFigure(
        sweepPoints(rows, 'twins', variants),
        [...at('paper', paper.fig3), ...at('independent program, 10 draws', independent.fig3)],
        { title: 'Number of twins', subtitle, x: 'number of twins', y },
      ),
    },
    {
      name: 'partition-fig4',
      caption: 'Average sub-synchronization time against σ of the sensing density (paper 001, figure 4)',
      svg: sweepFigure(sweepPoints(rows, 'spread', variants), [], {
        title: 'Spread of the sensing density',
        subtitle: `${data.spread.twins} twins, medians over draws, bands: middle half`,
        x: 'σ (m)',
        y,
      }),
    },
    {
      name: 'partition-fig4-density',
      caption: 'Twins in the region of the server at the hotspot, against σ (paper 001, figure 4)',
      svg: sweepFigure(sweepPoints(rows, 'spread', variants, twinsAtHotspot), [], {
        title: 'Twins in the region at the hotspot',
        subtitle: `of ${data.spread.twins} twins; medians over draws, bands: middle half`,
        x: 'σ (m)',
        y: 'twins hosted by server 0',
      }),
    },
  ];
}

const twinsAtHotspot = ({ twinsOf }: PartitionRow): number => twinsOf[0] ?? NaN;

function literalFigures(rows: readonly PartitionRow[]): Figures {
  const row = rows.find(({ group, x }) => group === 'literal' && x === 0);
  if (row === undefined) return [];
  const caption = 'The printed iteration moves almost all mass from server to server';
  return [{ name: 'partition-literal', caption, svg: literalFigure(row) }];
}

const ms = (value: number) => (value === Infinity ? 'overloaded' : value.toFixed(2));
const percent = (value: number) => `${value.toFixed(1)} %`;

function twinsTable(rows: readonly PartitionRow[], { paper, independent }: PartitionStudyData): string {
  const points = sweepPoints(rows, 'twins', variants);
  const medianOf = (x: number, variant: Variant) =>
    ms(points.find((point) => point.x === x && point.variant === variant)!.median);
  const printed = (from: { twins: number[]; snr: number[]; guarded: number[] }, x: number) => {
    const index = from.twins.indexOf(x);
    return index < 0 ? '' : `${from.snr[index]} / ${from.guarded[index]}`;
  };
  const range = (x: number, variant: Variant) => tenDrawSpread(rows, x, variant).map(ms).join('–');
  return markdownTable(
    [
      'twins',
      ...variants.map((variant) => names[variant]),
      'independent: SNR / guarded',
      'ten draws: SNR',
      'ten draws: guarded',
      'paper',
    ],
    distinct(points.map((point) => point.x)).map((x) => [
      String(x),
      ...variants.map((variant) => medianOf(x, variant)),
      printed(independent.fig3, x),
      range(x, 'snr'),
      range(x, 'guarded'),
      printed(paper.fig3, x),
    ]),
  );
}

function spreadTable(rows: readonly PartitionRow[]): string {
  const points = sweepPoints(rows, 'spread', variants);
  const gained = reductions(rows, 'spread', 'snr', 'guarded');
  return markdownTable(
    ['σ (m)', ...variants.map((variant) => names[variant]), 'guarded below SNR'],
    distinct(points.map((point) => point.x)).map((x) => [
      String(x),
      ...variants.map((variant) =>
        ms(points.find((point) => point.x === x && point.variant === variant)!.median),
      ),
      percent(gained.get(x)!),
    ]),
  );
}

function spreadText(rows: readonly PartitionRow[], { paper, independent }: PartitionStudyData): string {
  const gained = [...reductions(rows, 'spread', 'snr', 'guarded').values()];
  const mean = gained.reduce((sum, value) => sum + value, 0) / gained.length;
  const { reduction } = independent;
  return (
    `Guarded is ${percent(gained[0])} below SNR at the narrowest density and ${percent(gained.at(-1)!)} at the widest, ` +
    `${percent(mean)} in the mean. Independent program: ${reduction.narrowest} %, ${reduction.widest} % and ` +
    `${reduction.mean} %; paper: ${paper.reduction} % in the mean.`
  );
}

function gainsTable(rows: readonly PartitionRow[]): string {
  const over: readonly Variant[] = ['connected', 'optimal', 'free'];
  const gains = over.map((variant) => reductions(rows, 'twins', 'guarded', variant));
  return markdownTable(
    ['twins', ...over.map((variant) => `${names[variant]} below guarded`)],
    [...gains[0].keys()]
      .sort((a, b) => a - b)
      .map((x) => [String(x), ...gains.map((gain) => percent(gain.get(x)!))]),
  );
}

function gapText(rows: readonly PartitionRow[]): string {
  const gaps = largestGaps(rows);
  return (
    `Where the lower bound was computed, at most ${percent(gaps.get('optimal') ?? NaN)} of the value of *optimal* and ` +
    `${percent(gaps.get('free') ?? NaN)} of *optimal, free twins* are left to gain.`
  );
}

function literalTable(rows: readonly PartitionRow[]): string {
  return markdownTable(
    ['twins', 'J after each iteration (ms)', 'ended'],
    rows
      .filter((row) => row.group === 'literal')
      .map((row) => [
        String(row.x),
        row.objectivesMs!.map((value) => (value === null ? 'overloaded' : value.toFixed(2))).join(', '),
        `${row.ending} after ${row.objectivesMs!.length}`,
      ]),
  );
}
