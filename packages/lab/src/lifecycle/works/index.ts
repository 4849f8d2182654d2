import { palette, Plot, renderSvg } from '../../figures/render.js';
import { tableFromRows } from '../../results/tables.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { Study, StudyReport } from '../../study/study.js';
import { readStudyData, runWorksCell, worksCells, type WorksCell, type WorksRow } from './cells.js';

/** Copies that perceptual hashes find, and what actions cost. `metalore reproduce lifecycle-works`. */
export const lifecycleWorksStudy: Study<WorksCell, WorksRow> = {
  name: 'lifecycle-works',
  title: 'Copies found, and gas',
  cells: ({ quick }) => worksCells(readStudyData(), quick),
  runCell: runWorksCell,
  report: (rows) => worksReport(rows, readStudyData().tau),
};

type DistanceRow = Extract<WorksRow, { kind: 'distance' }>;

function worksReport(rows: readonly WorksRow[], tau: number): StudyReport {
  const distances = rows.filter((row) => row.kind === 'distance');
  const copies = distances.filter(({ transformation }) => transformation !== '');
  const others = distances.filter(({ transformation }) => transformation === '');
  const gas = rows.filter((row) => row.kind === 'gas');
  return {
    tables: [
      tableFromRows(
        'copies',
        copies.map(({ kind: _kind, ...row }) => row),
      ),
      tableFromRows(
        'gas',
        gas.map(({ kind: _kind, ...row }) => row),
      ),
    ],
    figures: [
      {
        name: 'lifecycle-copies',
        caption: `Bits between a picture and its copies, by what was done to the copy, with one hash and with eleven; right of the dashed line (τ = ${tau}) a challenge fails. Below: different pictures.`,
        svg: copiesFigure(copies, others, tau),
      },
    ],
    summary: [detectionSection(copies, others, tau), gasSection(gas)].join('\n\n'),
  };
}

function detectionSection(
  copies: readonly DistanceRow[],
  others: readonly DistanceRow[],
  tau: number,
): string {
  const share = (own: readonly DistanceRow[], of: 'first' | 'least'): string =>
    `${((100 * own.filter((row) => row[of] <= tau).length) / own.length).toFixed(1)} %`;
  const names = [...new Set(copies.map(({ transformation }) => transformation))];
  const table = markdownTable(
    ['what was done to the copy', 'found by one hash', 'by eleven', 'copies'],
    names.map((name) => {
      const own = copies.filter(({ transformation }) => transformation === name);
      return [name, share(own, 'first'), share(own, 'least'), String(own.length)];
    }),
  );
  const least = (of: 'first' | 'least'): number => Math.min(...others.map((row) => row[of]));
  const accepted = others.filter((row) => row.least <= tau).length;
  return (
    `## Copies found\n\n${table}\n\nOf ${others.length} pairs of different pictures ${accepted} are taken for copies; the nearest differ in ` +
    `${least('first')} bits of the first hash, ${least('least')} with eleven.`
  );
}

function gasSection(rows: readonly { readonly action: string; readonly gas: number }[]): string {
  const table = markdownTable(
    ['action', 'gas'],
    rows.map(({ action, gas }) => [action, gas.toLocaleString('en')]),
  );
  return `## Gas\n\n${table}`;
}

function copiesFigure(copies: readonly DistanceRow[], others: readonly DistanceRow[], tau: number): string {
  const last = 'different pictures';
  // all pairs would be a megabyte of marks
  const some = others.filter((_, k) => k % Math.ceil(others.length / 400) === 0);
  const points = [...copies, ...some].flatMap(({ transformation, first, least }) => [
    { name: transformation || last, hashes: 'one hash', bits: first },
    { name: transformation || last, hashes: 'eleven hashes', bits: least },
  ]);
  const names = [...new Set(points.map(({ name }) => name))];
  const kinds = ['one hash', 'eleven hashes'];
  return renderSvg({
    title: 'Distance of copies and of different pictures',
    height: 70 + 34 * names.length,
    marginLeft: 190,
    x: { label: 'bits that differ', domain: [0, 44] },
    y: { label: null, domain: kinds, axis: null },
    fy: { label: null, domain: names, axis: 'left' },
    color: { domain: kinds, range: palette.slice(0, 2), legend: true },
    marks: [
      Plot.dot(points, { x: 'bits', y: 'hashes', fy: 'name', fill: 'hashes', fillOpacity: 0.25, r: 3 }),
      Plot.ruleX([tau + 0.5], { strokeDasharray: '4,3' }),
    ],
  });
}
