import { isDrawn } from '@metalore/core/document';
import { InvalidInputError } from '@metalore/core/errors';
import { parseDrawn, ProviderEnvironment } from '@metalore/core/provider';
import { evaluatePolicy } from '@metalore/learn/training';
import type { LearningProblem, ProblemView } from './problem.js';

/** Streams that are played together when a policy is judged. */
const EVALUATION_ROWS = 10;

/**
 * Which provider gets a task, in one drawn world of providers over streams of tasks (paper 002, second paper, V-B).
 *
 * @throws InvalidInputError an instance that is not valid, or not drawn
 */
export function providerProblem(document: unknown, { mask = false }: ProblemView): LearningProblem {
  if (!isDrawn(document, 'providers')) {
    const message =
      'is one explicit instance; a policy is trained on drawn streams: { kind: provider, seed: 1 }';
    throw new InvalidInputError('provider input', [{ path: 'providers', message }]);
  }
  const world = parseDrawn(document);
  const create = (numEnvs: number) => new ProviderEnvironment(world, { numEnvs, mask });
  return {
    kind: 'provider',
    name: `provider, ${world.providers} providers, load ${world.load}`,
    document: { kind: 'provider', ...world },
    features: create(1).observationSpace.names,
    metrics: {
      reward: 'reward',
      crashes: 'crashes',
      accepted: 'tasks accepted',
      lost: 'tasks lost',
      completedValue: 'value of finished tasks',
    },
    createEnvironment: create,
    evaluate: (policy, seed, episodes, mode) =>
      evaluatePolicy(policy, create(Math.min(episodes, EVALUATION_ROWS)), seed, episodes, mode),
  };
}
