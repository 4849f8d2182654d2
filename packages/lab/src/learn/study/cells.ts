import { applyChanges } from '../../submetaverse/scenario-files.js';
import { parseScenario } from '@metalore/core/scenario';
import type { Scenario } from '@metalore/core/scenario';
import type { EpisodeTable } from '@metalore/core/submetaverse';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { readDocument } from '../../io/documents.js';
import { inputFile } from '../../io/load-input.js';
import { PAPER_SPLITS } from '../../submetaverse/sweep.js';
import { CRITIC_FEATURES, SUBMETAVERSE_PPO, WARM_START } from '../defaults.js';
import { evaluate } from '../job.js';
import type { TrainingJob } from '../job.js';
import { runTraining } from '../train.js';
import type { FixedCell, FixedRow } from './fixed-splits.js';
import type { LearnerEntry, RewardEntry, StudyFile } from './study-file.js';

/** One training and what its policy does on the unseen episodes. */
export interface TrainedCell {
  readonly kind: 'trained';
  readonly learner: string;
  readonly letter: string;
  readonly job: TrainingJob;
  readonly seed: number;
  readonly episodes: number;
}

/** Metrics of unseen episodes, `[episodes]` each; null where no request was completed. */
export interface Shown {
  readonly reward: readonly number[];
  readonly aosi: readonly (number | null)[];
  readonly aori: readonly (number | null)[];
  readonly served: readonly number[];
  readonly late: readonly number[];
}

export interface TrainedRow {
  readonly kind: 'trained';
  readonly learner: string;
  readonly letter: string;
  readonly seed: number;
  readonly deterministic: Shown;
  /** Null for learners whose policies draw nothing. */
  readonly stochastic: Shown | null;
  readonly steps: number;
  /** Environment steps, reward while exploring and, where there was one, on validation episodes. */
  readonly curve: readonly (readonly [number, number | null, number | null])[];
  /** Share of split components within 1e-3 of a bound, in the last rollout; null for CEM. */
  readonly boundFraction: number | null;
  readonly validationReward: number;
  readonly policy: PolicyDocument;
}

export type MetaloreCell = FixedCell | TrainedCell;
export type MetaloreRow = FixedRow | TrainedRow;

/** The study's cells: a row of the grid of fixed splits each, and a training each. */
export function metaloreCells(file: StudyFile): MetaloreCell[] {
  const written = readDocument(inputFile('submetaverse', file.scenario)) ?? {};
  const etas = [...new Set(file.rewards.map(({ eta }) => eta))];
  const fixedCells = PAPER_SPLITS.map<FixedCell>((rhoC) => ({
    kind: 'fixed',
    scenario: parseScenario(written),
    rhoC,
    rhoP: PAPER_SPLITS,
    etas,
    ...file.evaluation,
  }));
  const trained = file.learners.flatMap((learner) =>
    file.rewards
      .filter(({ letter }) => learner.at?.includes(letter) ?? true)
      .flatMap((reward) => learner.seeds.map((seed) => trainedCell(file, learner, reward, seed, written))),
  );
  return [...fixedCells, ...trained];
}

function trainedCell(
  file: StudyFile,
  learner: LearnerEntry,
  { letter, eta, c2 }: RewardEntry,
  seed: number,
  written: unknown,
): TrainedCell {
  const changes = { 'reward.eta': eta, 'reward.latePenalty': c2 };
  const own = learner.algorithm === 'ppo' && learner.defaults === 'ours' ? SUBMETAVERSE_PPO : {};
  return {
    kind: 'trained',
    learner: learner.name,
    letter,
    job: {
      scenario: parseScenario(applyChanges(written, changes)),
      algorithm: learner.algorithm,
      options: { ...own, ...learner.options },
      criticFeatures: CRITIC_FEATURES,
      warmStart: learner.algorithm === 'ppo' && learner.warmStart ? WARM_START : null,
      seed,
      validation: file.validation,
    },
    ...file.evaluation,
  };
}

/** Trains and shows. */
export function runTrainedCell(cell: TrainedCell): TrainedRow[] {
  const { policy, curve, steps, validationReward } = runTraining(cell.job);
  const scenario = cell.job.scenario as Scenario;
  const show = (mode: 'deterministic' | 'stochastic') =>
    shown(evaluate(scenario, policy, cell.seed, cell.episodes, mode));
  return [
    {
      kind: 'trained',
      learner: cell.learner,
      letter: cell.letter,
      seed: cell.job.seed,
      deterministic: show('deterministic'),
      stochastic: cell.job.algorithm === 'ppo' ? show('stochastic') : null,
      steps,
      curve: curve.map((record) => [
        record['time/total_timesteps'],
        record['rollout/ep_rew_mean'] ?? null,
        record['eval/mean_reward'] ?? null,
      ]),
      boundFraction: curve.at(-1)?.['rollout/bound_fraction'] ?? null,
      validationReward,
      policy,
    },
  ];
}

function shown({ reward, aosi, aori, served, late }: EpisodeTable): Shown {
  return { reward: [...reward], aosi: [...aosi], aori: [...aori], served: [...served], late: [...late] };
}
