import { isDiscrete } from '@metalore/core/environment';
import type { ActionSpace, VectorEnvironment } from '@metalore/core/environment';
import { InvalidInputError } from '@metalore/core/errors';
import { Cem } from '@metalore/learn/cem';
import type { CemInput } from '@metalore/learn/cem';
import { DiffusionPolicy } from '@metalore/learn/diffusion';
import type { DiffusionInput } from '@metalore/learn/diffusion';
import { Dqn } from '@metalore/learn/dqn';
import type { DqnInput } from '@metalore/learn/dqn';
import { GradientAscent } from '@metalore/learn/gradient';
import type { GradientInput } from '@metalore/learn/gradient';
import { Ppo } from '@metalore/learn/ppo';
import type { PpoInput } from '@metalore/learn/ppo';
import { Sac } from '@metalore/learn/sac';
import type { SacInput } from '@metalore/learn/sac';
import type { Learner } from '@metalore/learn/training';
import type { LearningProblem } from './problems/index.js';

/** Algorithms by name. */
export const ALGORITHMS = ['ppo', 'sac', 'dqn', 'diffusion', 'cem', 'gradient'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** Options of an algorithm; what is missing has its default. */
export type LearnerInput = PpoInput | SacInput | DqnInput | DiffusionInput | CemInput | GradientInput;

/** What a learner is created from. */
export interface LearnerSettings {
  readonly algorithm: Algorithm;
  readonly options: LearnerInput;
  readonly seed: number;
  /** What PPO's critic sees beside the policy's observation, if its option `asymmetricCritic` is set. */
  readonly criticFeatures: readonly string[];
  /** Where PPO's first policy starts; null: in the middle. */
  readonly initialAction: number[] | null;
}

/**
 * A learner on a problem, ready to iterate.
 *
 * @throws InvalidInputError options that are not valid, or an algorithm that the problem's actions do not fit
 */
export function createLearner(problem: LearningProblem, settings: LearnerSettings): Learner {
  const { algorithm, options, seed } = settings;
  const { features } = problem;
  if (algorithm === 'cem') {
    const cem = options as CemInput;
    const environment = problem.createEnvironment(cem.episodes ?? 20);
    return new Cem(boxed(environment), cem, seed, features);
  }
  const { numEnvs = 1, ...rest } = options as PpoInput;
  if (!Number.isInteger(numEnvs) || numEnvs < 1) {
    throw new InvalidInputError(`${algorithm} options`, [
      { path: 'numEnvs', message: `${numEnvs}: expected an integer from 1` },
    ]);
  }
  if (algorithm === 'gradient') {
    if (problem.createDifferentiable === undefined) {
      const message = `the rewards of ${problem.kind} have no gradient; accepted: contract with the structured head`;
      throw new InvalidInputError('option', [{ path: '--algo', message }]);
    }
    return new GradientAscent(problem.createDifferentiable(numEnvs), rest as GradientInput, seed, features);
  }
  if (algorithm === 'ppo') {
    const { criticFeatures, initialAction } = settings;
    const environment = problem.createEnvironment(numEnvs, rest.asymmetricCritic ? criticFeatures : []);
    return new Ppo(environment, { initialAction, ...rest }, seed, features);
  }
  const environment = problem.createEnvironment(numEnvs);
  if (algorithm === 'sac') return new Sac(environment, rest as SacInput, seed, features);
  if (algorithm === 'dqn') return new Dqn(environment, rest, seed, features);
  return new DiffusionPolicy(environment, rest as DiffusionInput, seed, features);
}

function boxed(environment: VectorEnvironment<ActionSpace>): VectorEnvironment {
  if (!isDiscrete(environment.actionSpace)) return environment as VectorEnvironment;
  const message = `cem needs a box, and this has ${environment.actionSpace.n} numbered actions; accepted: ppo, sac, dqn, diffusion`;
  throw new InvalidInputError('option', [{ path: '--algo', message }]);
}
