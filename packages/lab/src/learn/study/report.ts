import { tableFromRows } from '../../results/tables.js';
import { summarize } from '../../statistics/summary.js';
import { markdownTable } from '../../study/markdown-table.js';
import type { StudyReport } from '../../study/study.js';
import type { MetaloreRow, Shown, TrainedRow } from './cells.js';
import { bestFixedSplit, pairedDifference } from './compare.js';
import type { Difference } from './compare.js';
import { metaloreFigures } from './figures.js';
import type { FixedRow } from './fixed-splits.js';
import { hypervolume } from './hypervolume.js';
import type { Achieved } from './hypervolume.js';
import type { RewardEntry, StudyFile } from './study-file.js';
import { signed } from './text.js';

/** One learner at one reward, over its training seeds. */
export interface LearnedPoint extends Achieved {
  readonly learner: string;
  readonly letter: string;
  readonly eta: number;
  readonly c2: number;
  readonly seeds: number;
  readonly reward: number;
  readonly stochasticReward: number;
  readonly aosiStd: number;
  readonly aoriStd: number;
  readonly late: number;
  readonly bestFixed: string;
  readonly bestFixedReward: number;
  readonly difference: Difference;
  /** Mean difference over the best fixed split's reward, %. */
  readonly gain: number;
  readonly boundFraction: number;
}

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

function learnedPoint(
  learner: string,
  reward: RewardEntry,
  rows: readonly TrainedRow[],
  fixedRows: readonly FixedRow[],
): LearnedPoint {
  const best = bestFixedSplit(fixedRows, reward);
  const bestFixedReward = summarize(best.rewards).mean;
  const difference = pairedDifference(
    rows.map(({ deterministic }) => deterministic.reward),
    best.rewards,
  );
  const over = (metric: keyof Shown) =>
    summarize(rows.flatMap((row) => row.deterministic[metric].map(known)));
  const aosi = over('aosi');
  const aori = over('aori');
  return {
    learner,
    ...reward,
    seeds: rows.length,
    reward: over('reward').mean,
    stochasticReward: summarize(rows.flatMap((row) => row.stochastic?.reward ?? [])).mean,
    aosi: aosi.mean,
    aosiStd: aosi.std,
    aori: aori.mean,
    aoriStd: aori.std,
    served: over('served').mean,
    late: over('late').mean,
    bestFixed: `(${best.row.rhoC}, ${best.row.rhoP})`,
    bestFixedReward,
    difference,
    gain: (100 * difference.mean) / Math.abs(bestFixedReward),
    boundFraction: summarize(rows.map((row) => row.boundFraction ?? NaN)).mean,
  };
}

const known = (value: number | null) => value ?? NaN;

/** Mean ages and served share of a fixed split. */
export function fixedRecord(row: FixedRow) {
  const [aosi, aori] = [summarize(row.aosi.map(known)), summarize(row.aori.map(known))];
  return {
    rhoC: row.rhoC,
    rhoP: row.rhoP,
    aosi: aosi.mean,
    aosiStd: aosi.std,
    aori: aori.mean,
    aoriStd: aori.std,
    served: summarize(row.served).mean,
    late: summarize(row.late).mean,
  };
}

function pointRecord({ difference, ...point }: LearnedPoint) {
  return { ...point, difference: difference.mean, differenceCi95: difference.ci95 };
}

function trainingRecord(row: TrainedRow) {
  return {
    learner: row.learner,
    letter: row.letter,
    seed: row.seed,
    steps: row.steps,
    reward: summarize(row.deterministic.reward).mean,
    stochasticReward: row.stochastic ? summarize(row.stochastic.reward).mean : NaN,
    validationReward: row.validationReward,
    boundFraction: row.boundFraction ?? NaN,
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
