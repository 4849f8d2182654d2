import { antennaChoices, drawSensing, sense } from '@metalore/core/sensing';
import { palette, Plot, renderSvg } from '../../figures/render.js';
import { tableFromRows } from '../../results/tables.js';
import { sortedQuantile, summarize } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import type { SensingRow, SensingStudyData } from './cells.js';

/** Degrees within which a source counts as found. */
const WITHIN_DEG = 3;

/** Tables, figures and text: classical processing beside an independent program, ghosts, snapshots. */
export function sensingReport(rows: readonly SensingRow[], data: SensingStudyData): StudyReport {
  const classical = rows.filter(({ group }) => group === 'classical');
  return {
    tables: [
      tableFromRows(
        'sensing',
        rows.map(({ errorsDeg: _errors, ...row }) => row),
      ),
    ],
    figures: [
      {
        name: 'sensing-ghosts',
        caption:
          'One draw, four ways to process it (paper 002, figs. 2-3): dashed lines are the sources. Antennas a wavelength apart see ghosts in a far-field or Fresnel scan; the exact scan of the same five tells them apart.',
        svg: ghostFigure(),
      },
      {
        name: 'sensing-snapshots',
        caption:
          'Share of draws with all three sources within 3 degrees over the number of snapshots, with 95 % intervals.',
        svg: snapshotFigure(rows.filter(({ group }) => group === 'snapshots')),
      },
    ],
    summary: data.profiles
      .map((name) =>
        profileSection(
          classical.filter(({ profile }) => profile === name),
          name,
          data,
        ),
      )
      .join('\n\n'),
  };
}

const nameOf = ({ antennas, scan }: SensingRow): string => `${antennas} ${scan}`;
const isFound = ({ worstDeg }: SensingRow): number => (worstDeg <= WITHIN_DEG ? 1 : 0);

function profileSection(
  rows: readonly SensingRow[],
  name: string,
  { independent }: SensingStudyData,
): string {
  const table = markdownTable(
    [
      'antennas, scan',
      'all three within 3°',
      'median error, °',
      'draws',
      ...(name === 'well-posed' ? ['independent: share', 'median, °'] : []),
    ],
    [...new Set(rows.map(nameOf))].map((processing) => {
      const own = rows.filter((row) => nameOf(row) === processing);
      const { mean, ci95, n } = summarize(own.map(isFound));
      const errors = Float64Array.from(own.flatMap(({ errorsDeg }) => errorsDeg)).sort();
      const theirs = independent[processing];
      return [
        processing,
        `${mean.toFixed(3)} ± ${ci95.toFixed(3)}`,
        sortedQuantile(errors, 0.5).toFixed(2),
        String(n),
        ...(name === 'well-posed' ? [theirs?.[0].toFixed(3) ?? '', theirs?.[1].toFixed(2) ?? ''] : []),
      ];
    }),
  );
  return `## Profile ${name}\n\n${table}`;
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

function snapshotFigure(rows: readonly SensingRow[]): string {
  const names = [...new Set(rows.map(nameOf))];
  const points = names.flatMap((processing) =>
    [...new Set(rows.map(({ snapshots }) => snapshots))].map((snapshots) => {
      const own = rows.filter((row) => nameOf(row) === processing && row.snapshots === snapshots);
      const { mean, ci95 } = summarize(own.map(isFound));
      return { processing, snapshots, mean, low: mean - ci95, high: mean + ci95 };
    }),
  );
  return renderSvg({
    title: 'All three sources found, over the snapshots',
    height: 360,
    x: {
      label: 'snapshots',
      type: 'log',
      ticks: [...new Set(points.map(({ snapshots }) => snapshots))],
      tickFormat: 'd',
    },
    y: { label: 'share of draws', grid: true, domain: [0, 1] },
    color: { domain: names, range: palette.slice(0, names.length), legend: true },
    marks: [
      Plot.ruleX(points, { x: 'snapshots', y1: 'low', y2: 'high', stroke: 'processing', strokeOpacity: 0.6 }),
      Plot.line(points, { x: 'snapshots', y: 'mean', stroke: 'processing', strokeWidth: 1.8 }),
      Plot.dot(points, { x: 'snapshots', y: 'mean', fill: 'processing', r: 3 }),
    ],
  });
}
