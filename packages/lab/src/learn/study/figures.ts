import { Plot, palette, renderSvg } from '../../figures/render.js';
import { tradeoffFigure } from '../../submetaverse/tradeoff-figures.js';
import type { SweepRow } from '../../submetaverse/sweep.js';
import { policyPlane } from '../training-figures.js';
import type { TrainedRow } from './cells.js';
import type { FixedRow } from './fixed-splits.js';
import { fixedRecord } from './records.js';
import type { LearnedPoint } from './records.js';
import type { StudyFile } from './study-file.js';

/** Figures 4 and 5 of the paper, learning curves, and the policies as pictures. */
export function metaloreFigures(
  fixedRows: readonly FixedRow[],
  trained: readonly TrainedRow[],
  points: readonly LearnedPoint[],
  file: StudyFile,
) {
  const main = file.learners[0].name;
  const rows = fixedRows.map((row) => fixedRecord(row) as unknown as SweepRow);
  const learned = points.filter(({ learner }) => learner === main);
  const letters = `${learned[0]?.letter}–${learned.at(-1)?.letter}`;
  // The policies lie close together: one name for all here, and a figure of their own.
  const marks = learned.map((point, i) => ({
    label: i === 0 ? letters : '',
    row: point as unknown as SweepRow,
  }));
  const captionOf = (axes: string, number: number) =>
    `${axes} of the 121 fixed splits and of the policies that ${main} learned (mean over training seeds), as the paper’s ` +
    `Fig. ${number}; letters as in Table I`;
  const shownLetters = ['A', 'E', 'G'].filter((letter) => trained.some((row) => row.letter === letter));
  return [
    {
      name: 'learn-figure-4',
      caption: captionOf('Served share over AoSI', 4),
      svg: tradeoffFigure(rows, 'served', marks),
    },
    {
      name: 'learn-figure-5',
      caption: captionOf('AoRI over AoSI', 5),
      svg: tradeoffFigure(rows, 'aori', marks),
    },
    {
      name: 'learn-figure-4-detail',
      caption: `Fig. 4 around the learned policies: circles are those of ${main}, diamonds those of ${file.learners[1]?.name ?? main}; a square would be a fixed split`,
      svg: detailFigure(fixedRows, points, file),
    },
    {
      name: 'learn-curves',
      caption:
        'Learning curves: reward on validation episodes over the best fixed split’s on the unseen ones; mean over training ' +
        'seeds, and from the worst to the best seed',
      svg: curvesFigure(trained, points, file),
    },
    {
      name: 'learn-policies',
      caption: `What ${main} learned (training seed ${file.learners[0].seeds[0]}): both splits over the two queue lengths it sees`,
      svg: policyPlane(
        shownLetters.flatMap((letter) => {
          const row = trained.find(({ learner, letter: at }) => learner === main && at === letter)!;
          return [{ name: letter, policy: row.policy }];
        }),
      ),
    },
  ];
}

/** Validation reward relative to the best fixed split over steps, one panel per reward. */
function curvesFigure(
  trained: readonly TrainedRow[],
  points: readonly LearnedPoint[],
  file: StudyFile,
): string {
  const panels = file.rewards.map(({ letter, eta, c2 }) => ({
    letter,
    title: `${letter}: η ${eta}, c2 ${c2}`,
  }));
  const bands = panels.flatMap(({ letter, title }) =>
    file.learners
      .filter(({ name }) => points.some((point) => point.learner === name && point.letter === letter))
      .flatMap(({ name }) => {
        const best = points.find(
          (point) => point.learner === name && point.letter === letter,
        )!.bestFixedReward;
        const runs = trained
          .filter((row) => row.learner === name && row.letter === letter)
          .map(({ curve }) => curve.filter(([, , validation]) => validation !== null));
        const length = Math.min(...runs.map((run) => run.length));
        return Array.from({ length }, (_, i) => {
          const values = runs.map((run) => (100 * run[i][2]!) / best);
          return {
            panel: title,
            learner: name,
            steps: runs[0][i][0] / 1e6,
            mean: values.reduce((sum, value) => sum + value, 0) / values.length,
            low: Math.max(40, Math.min(...values)),
            high: Math.max(...values),
          };
        });
      }),
  );
  const shown = bands.filter(({ mean }) => mean >= 40);
  const columns = Math.min(3, panels.length);
  const place = new Map(
    panels.map(({ title }, i) => [title, { column: i % columns, row: Math.floor(i / columns) }]),
  );
  const at = (key: 'column' | 'row') => (d: { panel: string }) => place.get(d.panel)![key];
  const facets = { fx: at('column'), fy: at('row') };
  return renderSvg({
    width: 760,
    height: 70 + 190 * Math.ceil(panels.length / columns),
    marginLeft: 64,
    x: { label: 'environment steps (millions)', labelAnchor: 'center', ticks: 4 },
    y: {
      label: 'reward, % of the best fixed split',
      labelAnchor: 'center',
      grid: true,
      domain: [40, 125],
      clamp: true,
    },
    fx: { axis: null, padding: 0.08 },
    fy: { axis: null, padding: 0.16 },
    color: {
      legend: true,
      domain: file.learners.map(({ name }) => name),
      range: palette.slice(0, file.learners.length),
    },
    marks: [
      Plot.ruleY([100], { stroke: '#777', strokeDasharray: '4 3' }),
      Plot.areaY(shown, { x: 'steps', y1: 'low', y2: 'high', fill: 'learner', fillOpacity: 0.18, ...facets }),
      Plot.line(shown, { x: 'steps', y: 'mean', stroke: 'learner', strokeWidth: 1.5, ...facets }),
      Plot.text(
        panels.map(({ title }) => ({ panel: title })),
        { text: 'panel', frameAnchor: 'top', dy: -12, fontSize: 11, ...facets },
      ),
    ],
  });
}

/** The plane of Fig. 4 around the learned policies, their letters at the sides. */
function detailFigure(
  fixedRows: readonly FixedRow[],
  points: readonly LearnedPoint[],
  file: StudyFile,
): string {
  const learners = file.learners.slice(0, 2).map(({ name }) => name);
  const dots = points
    .filter(({ learner }) => learners.includes(learner))
    .map(({ aosi, served, letter, learner }) => ({ aosi, served: 100 * served, letter, learner }));
  const range = (values: readonly number[], margin: number): [number, number] => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [low - margin * (high - low) - 0.2, high + margin * (high - low) + 0.2];
  };
  const x = range(
    dots.map(({ aosi }) => aosi),
    0.35,
  );
  const y = range(
    dots.map(({ served }) => served),
    0.25,
  );
  const splits = fixedRows
    .map(fixedRecord)
    .map((row) => ({ aosi: row.aosi, served: 100 * row.served, label: `(${row.rhoC}, ${row.rhoP})` }))
    .filter(({ aosi, served }) => aosi > x[0] && aosi < x[1] && served > y[0] && served < y[1]);
  const labels = learners.flatMap((learner, side) => {
    const at = x[0] + (side === 0 ? 0.04 : 0.96) * (x[1] - x[0]);
    const own = dots.filter((dot) => dot.learner === learner).sort((a, b) => a.served - b.served);
    // Evenly over the height, in the order of the points.
    return own.map((dot, i) => ({
      ...dot,
      labelX: at,
      labelY: y[0] + ((i + 0.5) / own.length) * (y[1] - y[0]),
    }));
  });
  return renderSvg({
    height: 420,
    x: { label: 'mean AoSI (steps)', domain: x, grid: true },
    y: { label: 'requests served (%)', domain: y, grid: true },
    color: { legend: true, domain: learners, range: palette.slice(0, learners.length) },
    marks: [
      Plot.link(labels, {
        x1: 'labelX',
        y1: 'labelY',
        x2: 'aosi',
        y2: 'served',
        stroke: '#bbb',
        strokeWidth: 0.7,
      }),
      Plot.dot(splits, { x: 'aosi', y: 'served', symbol: 'square', fill: '#555', r: 5 }),
      Plot.text(splits, { x: 'aosi', y: 'served', text: 'label', dy: -12, fontSize: 11 }),
      ...learners.map((learner, i) =>
        Plot.dot(
          dots.filter((dot) => dot.learner === learner),
          { x: 'aosi', y: 'served', fill: 'learner', symbol: i === 0 ? 'circle' : 'diamond', r: 5 },
        ),
      ),
      Plot.text(labels, {
        x: 'labelX',
        y: 'labelY',
        text: 'letter',
        fill: '#1a1a1a',
        stroke: 'white',
        strokeWidth: 4,
        fontSize: 12,
      }),
    ],
  });
}
