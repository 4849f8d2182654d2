import type { Scenario } from '@metalore/core/scenario';
import { simulate } from '@metalore/core/submetaverse';
import type { EpisodeTable } from '@metalore/core/submetaverse';
import { learnedPolicy } from '@metalore/learn/policy-file';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { BestPolicy, Training, VALIDATION_SEED, meanOf } from '@metalore/learn/training';
import type { Callback } from '@metalore/learn/training';
import type { Recorded } from '../submetaverse/traces.js';
import { createLearner, type Algorithm, type LearnerInput } from './learners.js';
import { learningProblem, type LearningProblem, type ProblemView } from './problems/index.js';

/** A training as plain JSON: the same job gives the same policy, to the byte. */
export interface TrainingJob {
  /** A scenario, whose observation is what the policy sees, or a drawn instance of another system. */
  readonly scenario: unknown;
  /** What the scenario plays of recorded data; absent where it plays none. */
  readonly recorded?: Recorded;
  /** How the problem is shown. */
  readonly view?: ProblemView;
  readonly algorithm: Algorithm;
  /** Of the algorithm; what is missing has its default. */
  readonly options: LearnerInput;
  /** What PPO's critic sees beside the policy's observation, if its option `asymmetricCritic` is set. */
  readonly criticFeatures: readonly string[];
  readonly seed: number;
  /**
   * On a sub-metaverse, PPO starts from the best of the fixed splits on this grid, by its training's first episodes; null:
   * from the middle.
   */
  readonly warmStart: { readonly grid: readonly number[]; readonly episodes: number } | null;
  readonly validation: {
    readonly episodes: number;
    readonly everySteps: number;
    /** Validations without a better policy after which the training ends; never if missing. */
    readonly patience?: number;
  };
}

/** The two learners with what is set before them, ready to iterate. */
export interface PreparedTraining {
  readonly training: Training;
  readonly best: BestPolicy;
  readonly problem: LearningProblem;
}

/**
 * Sets a training up.
 *
 * @param callbacks told after the validation of each iteration
 * @throws InvalidInputError scenario, view or options that are not valid
 */
export function prepareTraining(job: TrainingJob, callbacks: readonly Callback[] = []): PreparedTraining {
  const problem = learningProblem(job.scenario, job.view, job.recorded);
  const { warmStart, seed, validation } = job;
  const initialAction =
    warmStart !== null && job.algorithm === 'ppo'
      ? (problem.bestFixed?.(warmStart.grid, warmStart.episodes, seed) ?? null)
      : null;
  const learner = createLearner(problem, { ...job, initialAction });
  const best = new BestPolicy(
    (policy) =>
      meanOf(problem.evaluate(policy, VALIDATION_SEED, validation.episodes, 'deterministic')['reward']),
    validation.everySteps,
    validation.patience,
  );
  return { training: new Training(learner, [best, ...callbacks]), best, problem };
}

/** Episodes 0 … `episodes` − 1 of `seed` in a sub-metaverse under a trained policy. */
export function evaluate(
  scenario: Scenario,
  policy: PolicyDocument,
  seed: number,
  episodes: number,
  mode: 'deterministic' | 'stochastic' = 'deterministic',
): EpisodeTable {
  return simulate(scenario, learnedPolicy(policy, mode), { seed, episodes }).episodes;
}
