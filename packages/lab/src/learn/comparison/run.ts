import { VALIDATION_SEED, meanOf } from '@metalore/learn/training';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { z } from 'zod';
import { LEARNER_DEFAULTS } from '../defaults.js';
import { ALGORITHMS, createLearner } from '../learners.js';
import {
  learningProblem,
  type LearningProblem,
  type ProblemView,
  type ShownMode,
} from '../problems/index.js';

/** Seed of the unseen episodes that learners are compared on; training and validation have others. */
export const UNSEEN_SEED = 1;

/** Schema of a learner as a study file names it. */
export const learnerSchema = z.strictObject({
  name: z.string().describe('as tables and figures call it'),
  algorithm: z.enum(ALGORITHMS),
  seeds: z.array(z.int().nonnegative()).min(1).describe('seeds of the training'),
  view: z
    .strictObject({
      head: z.enum(['structured', 'raw']).optional(),
      blind: z.boolean().optional(),
      mask: z.boolean().optional(),
    })
    .default({})
    .describe('how the problem is shown'),
  options: z.record(z.string(), z.unknown()).default({}).describe('over the defaults of the problem'),
  shown: z
    .union([z.enum(['deterministic', 'stochastic']), z.int().min(2)])
    .default('deterministic')
    .describe('mode, draws, or the best of so many draws'),
});

/** A learner, wherever its seeds come from. */
export type StudyLearner = Omit<z.output<typeof learnerSchema>, 'seeds'>;

/** One training with its evaluations. */
export interface LearningRun {
  readonly name: string;
  readonly learner: StudyLearner;
  readonly seed: number;
  /** A drawn instance; see {@link learningProblem}. */
  readonly document: unknown;
  /** Metric of which the curve is drawn. */
  readonly metric: string;
  /** Validation: how often, on how many episodes; the best policy there is the one that is judged. */
  readonly validation: { readonly everySteps: number; readonly episodes: number };
  /** Unseen episodes that the policy is judged on. */
  readonly episodes: number;
}

/** Mean of a metric on validation episodes during a training, or the metrics of an unseen episode after it. */
export type LearningRow =
  | {
      readonly kind: 'curve';
      readonly name: string;
      readonly seed: number;
      readonly steps: number;
      readonly value: number;
    }
  | {
      readonly kind: 'episode';
      readonly name: string;
      readonly seed: number;
      readonly episode: number;
      readonly metrics: Readonly<Record<string, number>>;
    };

/** Trains to the end, and judges the policy that was best on validation episodes. */
export function trainLearner({ name, learner, seed, document, metric, validation, episodes }: LearningRun): {
  rows: LearningRow[];
  policy: PolicyDocument;
} {
  const problem = learningProblem(document, learner.view as ProblemView);
  const { algorithm } = learner;
  const defaults = LEARNER_DEFAULTS[problem.kind][algorithm] ?? {};
  const options = { ...defaults, ...learner.options };
  const settings = { algorithm, options, seed, criticFeatures: [], initialAction: null };
  const training = createLearner(problem, settings);
  const rows: LearningRow[] = [];
  let best: PolicyDocument | undefined;
  let highest = -Infinity;
  let next = 0;
  while (training.timesteps < training.totalTimesteps) {
    training.iterate();
    if (training.timesteps < next && training.timesteps < training.totalTimesteps) continue;
    next = training.timesteps + validation.everySteps;
    const policy = training.policy();
    const shown = problem.evaluate(policy, VALIDATION_SEED, validation.episodes, 'deterministic');
    const value = meanOf(shown[metric]);
    rows.push({ kind: 'curve', name, seed, steps: training.timesteps, value });
    if (meanOf(shown['reward']) > highest) [highest, best] = [meanOf(shown['reward']), policy];
  }
  const policy = best ?? training.policy();
  return {
    rows: [...rows, ...judge(problem, policy, { name, seed, episodes, mode: learner.shown })],
    policy,
  };
}

/** Rows of the unseen episodes of a policy. */
export function judge(
  problem: LearningProblem,
  policy: PolicyDocument,
  { name, seed, episodes, mode }: { name: string; seed: number; episodes: number; mode: ShownMode },
): LearningRow[] {
  const metrics = problem.evaluate(policy, UNSEEN_SEED, episodes, mode);
  return Array.from({ length: episodes }, (_, episode) => ({
    kind: 'episode',
    name,
    seed,
    episode,
    metrics: Object.fromEntries(Object.keys(problem.metrics).map((key) => [key, metrics[key][episode]])),
  }));
}
