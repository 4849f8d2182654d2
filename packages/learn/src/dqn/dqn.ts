import { parseWith } from '@metalore/core/document';
import { isDiscrete } from '@metalore/core/environment';
import type { ActionSpace, VectorEnvironment } from '@metalore/core/environment';
import { InvalidInputError } from '@metalore/core/errors';
import { RandomStream } from '@metalore/core/random';
import { OffPolicy } from '../off-policy/off-policy.js';
import { dqnOptionsSchema, type DqnInput } from './options.js';
import { QAgent } from './q-agent.js';

/**
 * Double DQN (Mnih et al. 2015, van Hasselt et al. 2016) among numbered actions, ε-greedy.
 *
 * **Deviation** from Stable-Baselines3: the target follows in every update at rate τ, and the loss is the squared error.
 */
export class Dqn extends OffPolicy {
  /**
   * @param environment stepped through the episodes of `trainingSeed(seed)`
   * @param features names of what it observes, for the policy file
   * @throws InvalidInputError options outside their ranges, or an action that is not a number of a finite set
   */
  constructor(
    environment: VectorEnvironment<ActionSpace>,
    input: DqnInput,
    seed: number,
    features: readonly string[] = environment.observationSpace.names,
  ) {
    const options = parseWith(dqnOptionsSchema, { ...input, numEnvs: environment.numEnvs }, 'DQN options');
    const { actionSpace } = environment;
    if (!isDiscrete(actionSpace)) {
      const message = `is a box (${actionSpace.names.join(', ')}); DQN needs numbered actions; accepted: sac, diffusion, ppo, cem`;
      throw new InvalidInputError('action space', [{ path: '', message }]);
    }
    const { explorationFraction, explorationFinalEps } = options;
    super(environment, {
      algorithm: 'dqn',
      options,
      seed,
      features,
      uniformShare: (progress) =>
        progress >= explorationFraction
          ? explorationFinalEps
          : 1 + (explorationFinalEps - 1) * (progress / explorationFraction),
      createAgent(shape, maxBatch) {
        const agent = new QAgent(shape, actionSpace.n, options, maxBatch);
        agent.initialise(new RandomStream(seed, 'dqn/weights'));
        return agent;
      },
    });
  }
}
