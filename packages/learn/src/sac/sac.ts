import { parseWith } from '@metalore/core/document';
import { isDiscrete } from '@metalore/core/environment';
import type { ActionSpace, VectorEnvironment } from '@metalore/core/environment';
import { RandomStream } from '@metalore/core/random';
import { CategoricalAgent } from '../off-policy/categorical-agent.js';
import { PerceptronLogits } from '../off-policy/logits.js';
import { OffPolicy, finiteBox } from '../off-policy/off-policy.js';
import { GaussianAgent } from './gaussian-agent.js';
import { sacOptionsSchema, type SacInput } from './options.js';

/**
 * Soft actor-critic: a squashed Gaussian on a box (Haarnoja et al. 2018b), a softmax among numbered actions (Christodoulou
 * 2019); two critics with slow targets, and a temperature that is learnt.
 *
 * **Deviation** from Stable-Baselines3: tanh between the layers and 64 units instead of ReLU and 256, unless asked for.
 */
export class Sac extends OffPolicy {
  /**
   * @param environment stepped through the episodes of `trainingSeed(seed)`
   * @param features names of what it observes, for the policy file
   * @throws InvalidInputError options outside their ranges, or an action without finite bounds
   */
  constructor(
    environment: VectorEnvironment<ActionSpace>,
    input: SacInput,
    seed: number,
    features: readonly string[] = environment.observationSpace.names,
  ) {
    const options = parseWith(sacOptionsSchema, { ...input, numEnvs: environment.numEnvs }, 'SAC options');
    const { actionSpace } = environment;
    super(environment, {
      algorithm: 'sac',
      options,
      seed,
      features,
      uniformShare: () => options.uniformShare,
      createAgent(shape, maxBatch) {
        const weights = new RandomStream(seed, 'sac/weights');
        if (isDiscrete(actionSpace)) {
          const logits = new PerceptronLogits(shape.observationSize, actionSpace.n, options, maxBatch);
          const agent = new CategoricalAgent(shape, actionSpace.n, logits, options, maxBatch);
          agent.initialise(weights);
          return agent;
        }
        const { size } = finiteBox(actionSpace, 'SAC');
        const agent = new GaussianAgent(shape.observationSize, size, options, maxBatch);
        agent.initialise(weights);
        return agent;
      },
    });
  }
}
