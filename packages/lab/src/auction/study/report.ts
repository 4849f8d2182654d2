import { tableFromRows } from '../../results/tables.js';
import type { StudyReport } from '../../study/study.js';
import type { AuctionStudyData } from './data.js';
import { adverseSelection, meanPerRound, ratio } from './estimate.js';
import { linesFigure } from '../../figures/lines.js';
import { ratioMapFigure } from './figures.js';
import type { AuctionRow } from './run-cell.js';
import {
  adverseTable,
  alphaStar,
  alphaTable,
  baseTable,
  lieTable,
  mapTable,
  MECHANISMS,
  of,
  sizeTable,
} from './tables.js';

const BASE_VEHICLES = 30;
const total = (row: AuctionRow): number => row.total;

/** Tables, figures and text of the study. */
export function auctionReport(rows: readonly AuctionRow[], data: AuctionStudyData): StudyReport {
  const group = (name: string): AuctionRow[] => rows.filter((row) => row.group === name);
  const figure14 = group('figure14');
  const map = group('map');
  const base = figure14.filter((row) => row.vehicles === BASE_VEHICLES);
  const rounds = of(base, 'pvisa').reduce((sum, row) => sum + row.rounds, 0);
  return {
    tables: [
      tableFromRows(
        'auction',
        rows.map((row) => ({ ...row })),
      ),
    ],
    figures: [
      {
        name: 'auction-figure-14',
        caption: `Surplus over the number of vehicles (paper 002, figure 14): mean of ${rounds} rounds and 95 % interval.`,
        svg: surplusFigure(figure14),
      },
      {
        name: 'auction-map',
        caption:
          'Surplus of MTEPViSA over that of EPViSA, over tasks a vehicle and the worth of simulation: the claim is about how many tasks are served.',
        svg: mapFigure(map, data),
      },
      {
        name: 'auction-alpha',
        caption:
          'Surplus of EPViSA, where most of it is rest, over the price scaling factor; dashed: α* by the closed form.',
        svg: alphaFigure(group('alpha')),
      },
      {
        name: 'auction-adverse-selection',
        caption:
          'Rest of the cycle when the driving simulator gets it over the mean rest: 1 is no adverse selection.',
        svg: adverseFigure(group('adverse')),
      },
    ],
    summary: [
      `## Base market\n\n${rounds} rounds, mean ± 95 % interval over batches of ${base[0].rounds}. The paper: MTEPViSA ${data.paper.improvement}.\n\n${baseTable(base)}`,
      `## Market size\n\n${sizeTable(figure14, data.figure14.vehicles)}`,
      `## Where the claim holds\n\nSurplus of \`mtepvisa\` over \`epvisa\`:\n\n${mapTable(map, data, 'mtepvisa')}\n\nTrap (b), \`serve-all\` over \`epvisa\`:\n\n${mapTable(map, data, 'serve-all')}`,
      `## Price scaling\n\nSurplus of \`epvisa\`:\n\n${alphaTable(group('alpha'), data.alpha.simulators)}`,
      `## Adverse selection\n\nE[C | driving simulator]/E C:\n\n${adverseTable(group('adverse'), data.adverse.simulators)}`,
      `## Lies\n\nOne random lie a market (a bid of 0 to 3 times the truth, one hidden task, one match reported 0 to 3 times), and the prices of \`mtepvisa-choice\`:\n\n${lieTable(group('settings'))}`,
    ].join('\n\n'),
  };
}

function surplusFigure(rows: readonly AuctionRow[]): string {
  const sizes = [...new Set(rows.map((row) => row.vehicles))];
  const point = (series: string, mechanism: string, value: (row: AuctionRow) => number) =>
    sizes.map((x) => ({
      ...meanPerRound(
        of(rows, mechanism).filter((row) => row.vehicles === x),
        value,
      ),
      ...{ x, series },
    }));
  return linesFigure(
    [
      ...MECHANISMS.flatMap((name) => point(name, name, total)),
      ...point('optimum', 'pvisa', (row) => row.optimum),
    ],
    { title: 'Surplus of a cycle', x: 'vehicles', y: 'surplus', isZeroBased: true },
  );
}

function mapFigure(rows: readonly AuctionRow[], data: AuctionStudyData): string {
  const { tasksPerVehicle, simulationValue } = data.map;
  const points = tasksPerVehicle.flatMap((y) =>
    simulationValue.map((x) => {
      const here = rows.filter((row) => row.tasksPerVehicle === y && row.simulationValue === x);
      return { x, y, value: ratio(of(here, 'mtepvisa'), of(here, 'epvisa'), total).mean };
    }),
  );
  return ratioMapFigure(points, {
    title: 'Surplus of MTEPViSA over EPViSA',
    x: 'simulationValue (worth of a whole cycle of simulation)',
    y: 'tasks a vehicle, K',
    label: 'ratio',
  });
}

function alphaFigure(rows: readonly AuctionRow[]): string {
  const counts = [...new Set(rows.map((row) => row.simulators))];
  const points = counts.flatMap((count) => {
    const here = rows.filter((row) => row.simulators === count);
    return [...new Set(here.map((row) => row.alpha))].map((x) => ({
      ...meanPerRound(
        here.filter((row) => row.alpha === x),
        total,
      ),
      x,
      series: `${count} simulators`,
    }));
  });
  return linesFigure(points, {
    title: 'Surplus over the price scaling factor',
    x: 'α',
    y: 'surplus',
    marks: counts.map((count) => ({ x: alphaStar(count), text: `α* (${count})` })),
  });
}

function adverseFigure(rows: readonly AuctionRow[]): string {
  const counts = [...new Set(rows.map((row) => row.simulators))];
  const points = MECHANISMS.flatMap((series) =>
    counts.map((x) => ({
      ...adverseSelection(of(rows, series).filter((row) => row.simulators === x)),
      x,
      series,
    })),
  );
  return linesFigure(points, {
    title: 'What is left when the driving simulator gets it',
    x: 'traffic simulators J',
    y: 'E[C | driving] / E C',
    isLogX: true,
    level: 1,
    isZeroBased: true,
  });
}
