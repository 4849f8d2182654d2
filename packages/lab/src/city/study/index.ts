import type { Study, StudyReport } from '../../study/study.js';
import { runCityCell, type CityCell, type CityRow } from '../cells.js';
import { axisFigure, bandFigure, type Axis } from '../figures.js';
import { readStudyData, studyCells } from './cells.js';
import { comparisonTables } from '../summary.js';
import { BASE_METHOD, compare, episodesTable, type Comparison } from '../tables.js';

/** Paper 001 run by paper 000. `metalore reproduce city`. */
export const cityStudy: Study<CityCell, CityRow> = {
  name: 'city',
  title: 'A partitioned city, run',
  cells: ({ quick }) => studyCells(readStudyData(), quick),
  runCell: runCityCell,
  report: cityReport,
};

function cityReport(rows: CityRow[]): StudyReport {
  const comparisons = compare(rows, BASE_METHOD);
  const places = [...new Set(comparisons.map(placeOf))];
  return {
    tables: [episodesTable(rows)],
    figures: [
      ...AXES.flatMap((axis) =>
        (['aosi', 'aori'] as const).map((metric) => ({
          name: `city-${axis.group}-${metric}`,
          caption: `${metric === 'aosi' ? 'AoSI' : 'AoRI'} ${axis.title}`,
          svg: axisFigure(comparisons, metric, axis),
        })),
      ),
      {
        name: 'city-band',
        caption: 'AoSI and AoRI over the bandwidth of all servers and twins',
        svg: bandFigure(comparisons),
      },
    ],
    summary: [
      `Means and 95 % intervals over ${drawsOf(rows)} draws of the twins’ positions.`,
      ...places.flatMap((place) => [
        `## ${place}`,
        comparisonTables(
          comparisons.filter((comparison) => placeOf(comparison) === place),
          BASE_METHOD,
        ),
      ]),
    ].join('\n\n'),
  };
}

const AXES: readonly Axis[] = [
  { group: 'load', label: 'sensing rate over the city’s 50 bit/s/m³', title: 'over the sensing rate' },
  { group: 'age', label: 'time since the cut (s)', title: 'since the cut, twins at 15 m/s' },
];

const drawsOf = (rows: readonly CityRow[]): number => new Set(rows.map(({ draw }) => draw)).size;

function placeOf({ variant: { group, x } }: Comparison): string {
  switch (group) {
    case 'band':
      return `Bandwidth × ${x}`;
    case 'age':
      return `${x} s after the cut`;
    default:
      return `Sensing rate × ${x}`;
  }
}
