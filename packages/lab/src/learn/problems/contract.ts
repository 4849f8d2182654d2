import { ContractEnvironment, parseDrawnContract } from '@metalore/core/contract';
import { isDrawn } from '@metalore/core/document';
import { InvalidInputError } from '@metalore/core/errors';
import { evaluatePolicy } from '@metalore/learn/training';
import type { LearningProblem, ProblemView } from './problem.js';

/** States that are answered together when a policy is judged. */
const EVALUATION_ROWS = 64;

/**
 * Menus of contracts for drawn states (paper 002, second paper, V-A).
 *
 * @throws InvalidInputError an instance that is not valid, or not drawn
 */
export function contractProblem(
  document: unknown,
  { head = 'structured', blind = false }: ProblemView,
): LearningProblem {
  if (!isDrawn(document, 'types')) {
    const message =
      'is one explicit instance; a policy is trained on drawn states: { kind: contract, seed: 1, types: 4 }';
    throw new InvalidInputError('contract input', [{ path: 'types', message }]);
  }
  const { seed, distribution } = parseDrawnContract(document);
  const create = (numEnvs: number, withShare: boolean) =>
    new ContractEnvironment(distribution, {
      numEnvs,
      head,
      withGradients: head === 'structured',
      withShare,
      blind,
    });
  return {
    kind: 'contract',
    name: `contract, ${distribution.types} types, ${head} head`,
    document: { kind: 'contract', seed, ...distribution },
    features: create(1, false).observationSpace.names,
    metrics: {
      reward: 'utility',
      share: 'share of the optimum',
      served: 'share of providers served',
      truthful: 'share taking their own item',
    },
    createEnvironment: (numEnvs) => create(numEnvs, false),
    ...(head === 'structured' && { createDifferentiable: (numEnvs: number) => create(numEnvs, false) }),
    evaluate: (policy, evaluationSeed, episodes, mode) =>
      evaluatePolicy(
        policy,
        create(Math.min(episodes, EVALUATION_ROWS), true),
        evaluationSeed,
        episodes,
        mode,
      ),
  };
}
