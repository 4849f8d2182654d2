import { Plot, palette, renderSvg } from '../../figures/render.js';
import { tradeoffFigure } from '../../submetaverse/tradeoff-figures.js';
import type { SweepRow } from '../../submetaverse/sweep.js';
import { policyPlane } from '../training-figures.js';
import type { TrainedRow } from './cells.js';
import type { FixedRow } from './fixed-splits.js';
import { fixedRecord } from './report.js';
import type { LearnedPoint } from './report.js';
import type { StudyFile } from './study-file.js';

/** Figures 4 and 5 of the paper, learning curves, and the policies as pictures. */
export function metaloreFigures(
  fixedRows: readonly FixedRow[],
  trained: readonly TrainedRow[],
  points: readonly LearnedPoint[],
  file: StudyFile,
) {
  const main = file.learners[0]!.name;
  const rows = fixedRows.map((row) => fixedRecord(row) as unknown as SweepRow);
  const marks = points
    .filter(({ learner }) => learner === main)
    .map((point) => ({ label: point.letter, row: point as unknown as SweepRow }));
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
      name: 'learn-curves',
      caption:
        'Learning curves: reward on validation episodes over the best fixed split’s on the unseen ones; mean over training ' +
        'seeds, and from the worst to the best seed',
      svg: curvesFigure(trained, points, file),
    },
    {
      name: 'learn-policies',
      caption: `What ${main} learned (training seed ${file.learners[0]!.seeds[0]}): both splits over the two queue lengths it sees`,
      svg: policyPlane(
        shownLetters.flatMap((letter) => {
          const row = trained.find(({ learner, letter: at }) => learner === main && at === letter)!;
          const { eta, c2 } = file.rewards.find((reward) => reward.letter === letter)!;
          return [{ name: `${letter}: η ${eta}, c2 ${c2}`, policy: row.policy }];
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
          const values = runs.map((run) => (100 * run[i]![2]!) / best);
          return {
            panel: title,
            learner: name,
            steps: runs[0]![i]![0] / 1e6,
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
