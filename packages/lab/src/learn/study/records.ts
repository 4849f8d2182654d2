import { summarize } from '../../statistics/summary.js';
import type { Shown, TrainedRow } from './cells.js';
import { bestFixedSplit, pairedDifference } from './compare.js';
import type { Difference } from './compare.js';
import type { FixedRow } from './fixed-splits.js';
import type { Achieved } from './hypervolume.js';
import type { RewardEntry } from './study-file.js';

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

/** What one learner reached at one reward, beside the best fixed split. */
export function learnedPoint(
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

/** A row of the table of policies. */
export function pointRecord({ difference, ...point }: LearnedPoint) {
  return { ...point, difference: difference.mean, differenceCi95: difference.ci95 };
}

/** A row of the table of trainings. */
export function trainingRecord(row: TrainedRow) {
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
