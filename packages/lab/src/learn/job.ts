import { InvalidInputError } from '@metalore/core/errors';
import { fixed } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import type { Scenario } from '@metalore/core/scenario';
import { SubMetaverseVectorEnvironment, simulate } from '@metalore/core/submetaverse';
import type { EpisodeTable } from '@metalore/core/submetaverse';
import { Cem } from '@metalore/learn/cem';
import type { CemInput } from '@metalore/learn/cem';
import { learnedPolicy } from '@metalore/learn/policy-file';
import type { PolicyDocument } from '@metalore/learn/policy-file';
import { Ppo } from '@metalore/learn/ppo';
import type { PpoInput } from '@metalore/learn/ppo';
import { BestPolicy, Training, VALIDATION_SEED, meanOf, trainingSeed } from '@metalore/learn/training';
import type { Callback, Learner } from '@metalore/learn/training';

/** A training as plain JSON: the same job gives the same policy, to the byte. */
export interface TrainingJob {
  /** As {@link parseScenario} takes it; its observation is what the policy sees. */
  readonly scenario: unknown;
  readonly algorithm: 'ppo' | 'cem';
  /** Of the algorithm; what is missing has its default. */
  readonly options: PpoInput | CemInput;
  /** What PPO's critic sees beside the policy's observation, if its option `asymmetricCritic` is set. */
  readonly criticFeatures: readonly string[];
  readonly seed: number;
  /**
   * PPO starts from the best of the fixed splits on this grid, by its training's first episodes; null: from the middle.
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
  readonly scenario: Scenario;
}

/**
 * Sets a training up: with several cells, one policy is shared that acts on each cell's own observation and reward.
 *
 * @param callbacks told after the validation of each iteration
 * @throws InvalidInputError scenario or options that are not valid
 */
export function prepareTraining(job: TrainingJob, callbacks: readonly Callback[] = []): PreparedTraining {
  const scenario = parseScenario(job.scenario);
  const learner = createLearner(job, scenario);
  const best = new BestPolicy(
    (policy) => meanOf(evaluate(scenario, policy, VALIDATION_SEED, job.validation.episodes).reward),
    job.validation.everySteps,
    job.validation.patience,
  );
  return { training: new Training(learner, [best, ...callbacks]), best, scenario };
}

function createLearner(job: TrainingJob, scenario: Scenario): Learner {
  const rows = scenario.cells.length > 1 ? 'cells' : 'joint';
  if (job.algorithm === 'cem') {
    const options = job.options as CemInput;
    const environment = new SubMetaverseVectorEnvironment(scenario, {
      numEnvs: options.episodes ?? 20,
      rows,
    });
    return new Cem(environment, options, job.seed, scenario.observation);
  }
  const { numEnvs = 1, ...options } = job.options as PpoInput;
  if (!Number.isInteger(numEnvs) || numEnvs < 1) {
    throw new InvalidInputError('PPO options', [
      { path: 'numEnvs', message: `${numEnvs}: expected an integer from 1` },
    ]);
  }
  const criticFeatures = options.asymmetricCritic ? job.criticFeatures : [];
  const environment = new SubMetaverseVectorEnvironment(scenario, { numEnvs, criticFeatures, rows });
  const initialAction = job.warmStart ? bestSplit(scenario, job.warmStart, job.seed) : null;
  return new Ppo(environment, { initialAction, ...options }, job.seed, scenario.observation);
}

/** The fixed split of the grid with the highest mean reward over the first episodes that the training would play. */
function bestSplit(
  scenario: Scenario,
  { grid, episodes }: NonNullable<TrainingJob['warmStart']>,
  seed: number,
): number[] {
  let best = [0.5, 0.5];
  let highest = -Infinity;
  for (const rhoC of grid) {
    for (const rhoP of grid) {
      const run = simulate(scenario, fixed(rhoC, rhoP), { seed: trainingSeed(seed), episodes });
      const mean = meanOf(run.episodes.reward);
      if (mean > highest) [highest, best] = [mean, [rhoC, rhoP]];
    }
  }
  return best;
}

/** Episodes 0 … `episodes` − 1 of `seed` under a trained policy. */
export function evaluate(
  scenario: Scenario,
  policy: PolicyDocument,
  seed: number,
  episodes: number,
  mode: 'deterministic' | 'stochastic' = 'deterministic',
): EpisodeTable {
  return simulate(scenario, learnedPolicy(policy, mode), { seed, episodes }).episodes;
}
