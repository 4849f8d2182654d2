import { tableFromRows } from '../../results/tables.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import type { MetaloreRow } from './cells.js';
import { metaloreFigures } from './figures.js';
import type { FixedRow } from './fixed-splits.js';
import { hypervolume } from './hypervolume.js';
import type { Achieved } from './hypervolume.js';
import { fixedRecord, learnedPoint, pointRecord, trainingRecord } from './records.js';
import type { LearnedPoint } from './records.js';
import type { StudyFile } from './study-file.js';
import { signed } from './text.js';

/** All tables, figures and the summary of the study. */
export function metaloreReport(rows: readonly MetaloreRow[], file: StudyFile): StudyReport {
  const fixedRows = rows.filter((row) => row.kind === 'fixed');
  const trained = rows.filter((row) => row.kind === 'trained');
  const points = file.learners.flatMap(({ name }) =>
    file.rewards.flatMap((reward) => {
      const of = trained.filter(({ learner, letter }) => learner === name && letter === reward.letter);
      return of.length === 0 ? [] : [learnedPoint(name, reward, of, fixedRows)];
    }),
  );
  const volumes = hypervolumes(fixedRows, points, file);
  return {
    tables: [
      tableFromRows('fixed-splits', fixedRows.map(fixedRecord)),
      tableFromRows('policies', points.map(pointRecord)),
      tableFromRows('trainings', trained.map(trainingRecord)),
      tableFromRows('hypervolume', volumes),
    ],
    figures: metaloreFigures(fixedRows, trained, points, file),
    summary: [
      comparison(points, file),
      tableOne(fixedRows, points, file),
      hypervolumeText(volumes, file),
    ].join('\n\n'),
  };
}

function comparison(points: readonly LearnedPoint[], file: StudyFile): string {
  const rows = points.map((point) => [
    point.learner,
    `${point.letter} (${point.eta}, ${point.c2})`,
    String(point.seeds),
    point.reward.toFixed(0),
    Number.isNaN(point.stochasticReward) ? '–' : point.stochasticReward.toFixed(0),
    `${point.bestFixedReward.toFixed(0)} ${point.bestFixed}`,
    `${signed(point.difference.mean, 0)} ± ${point.difference.ci95.toFixed(0)}`,
    `${signed(point.gain, 1)} %`,
  ]);
  return [
    '## Learned policies against the best fixed split',
    `Mean reward per episode over training seeds and ${file.evaluation.episodes} unseen episodes, of the deterministic policy ` +
      '(the middle of its distribution) and of the stochastic one (drawing from it). The best of the 121 fixed splits is ' +
      'chosen on these same episodes, which favours it. ± is a 95 % confidence interval of the paired difference over ' +
      'episodes and training seeds (with one seed, over episodes only).',
    markdownTable(
      ['learner', '(η, c2)', 'seeds', 'deterministic', 'stochastic', 'best fixed split', 'difference', ''],
      rows,
    ),
  ].join('\n\n');
}

function tableOne(fixedRows: readonly FixedRow[], points: readonly LearnedPoint[], file: StudyFile): string {
  const pair = (mean: number, std: number) => `${mean.toFixed(2)} ± ${std.toFixed(2)}`;
  const line = (
    name: string,
    ours: Omit<ReturnType<typeof fixedRecord>, 'rhoC' | 'rhoP' | 'late'>,
    paper: PaperRow,
  ) => [
    name,
    pair(ours.aosi, ours.aosiStd),
    pair(paper.aosi, paper.aosiStd),
    pair(ours.aori, ours.aoriStd),
    pair(paper.aori, paper.aoriStd),
    (100 * ours.served).toFixed(1),
    paper.served.toFixed(1),
  ];
  const rows = [
    ...file.tableOne.fixed.flatMap((paper) => {
      const row = fixedRows.find(({ rhoC, rhoP }) => rhoC === paper.rhoC && rhoP === paper.rhoP);
      return row ? [line(`(${paper.rhoC}, ${paper.rhoP})`, fixedRecord(row), paper)] : [];
    }),
    ...file.tableOne.learned.flatMap((paper) => {
      const point = points.find(
        ({ learner, letter }) => learner === file.learners[0].name && letter === paper.letter,
      );
      return point ? [line(`${point.letter} (${point.eta}, ${point.c2})`, point, paper)] : [];
    }),
  ];
  return [
    '## Table I of the paper, ours beside what it prints',
    'Mean ± standard deviation over episodes, steps; served in % of the requests created.',
    markdownTable(['', 'AoSI', 'paper', 'AoRI', 'paper', 'served', 'paper'], rows),
    'The paper’s third row has its two delays exchanged: with (0.4, 0.4) the sensors’ queues grow (15 sensors offer ' +
      '1050 Mbit a step, more than 60 MHz carry) and requests hardly wait, so the large delay is the AoSI, as in our row.',
  ].join('\n\n');
}

type PaperRow = Omit<StudyFile['tableOne']['learned'][number], 'letter'>;

interface Volume {
  [column: string]: string | number;
  readonly front: string;
  readonly hypervolume: number;
}

function hypervolumes(
  fixedRows: readonly FixedRow[],
  points: readonly LearnedPoint[],
  file: StudyFile,
): Volume[] {
  const fixedPoints = fixedRows.map(fixedRecord);
  const main = points.filter(({ learner }) => learner === file.learners[0].name);
  const of = (achieved: readonly Achieved[]) => hypervolume(achieved, file.hypervolumeReference);
  return [
    { front: 'fixed splits', hypervolume: of(fixedPoints) },
    { front: `learned (${file.learners[0].name})`, hypervolume: of(main) },
    { front: 'both', hypervolume: of([...fixedPoints, ...main]) },
  ];
}

function hypervolumeText(volumes: readonly Volume[], { hypervolumeReference: reference }: StudyFile): string {
  return [
    '## Hypervolume of the front (AoSI, AoRI, served)',
    `Share of the box from no age and everything served to AoSI ${reference.aosi}, AoRI ${reference.aori} steps and ` +
      `${100 * reference.served} % served that the points dominate.`,
    markdownTable(
      ['points', 'hypervolume'],
      volumes.map(({ front, hypervolume: volume }) => [front, volume.toFixed(4)]),
    ),
  ].join('\n\n');
}
