import { antennaChoices, drawSensing, sense } from '@metalore/core/sensing';
import { linesFigure } from '../../figures/lines.js';
import { palette, Plot, renderSvg } from '../../figures/render.js';
import { tableFromRows } from '../../results/tables.js';
import { sortedQuantile, summarize, withInterval } from '../../statistics/summary.js';
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
      const found = summarize(own.map(isFound));
      const errors = Float64Array.from(own.flatMap(({ errorsDeg }) => errorsDeg)).sort();
      const theirs = independent[processing];
      return [
        processing,
        withInterval(found),
        sortedQuantile(errors, 0.5).toFixed(2),
        String(found.n),
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
  const points = [...new Set(rows.map(nameOf))].flatMap((series) =>
    [...new Set(rows.map(({ snapshots }) => snapshots))].map((x) => {
      const own = rows.filter((row) => nameOf(row) === series && row.snapshots === x);
      return { series, x, ...summarize(own.map(isFound)) };
    }),
  );
  return linesFigure(points, {
    title: 'All three sources found, over the snapshots',
    x: 'snapshots',
    y: 'share of draws',
    isLogX: true,
    isZeroBased: true,
  });
}
