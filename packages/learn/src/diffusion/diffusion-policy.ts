import { parseWith } from '@metalore/core/document';
import { isDiscrete } from '@metalore/core/environment';
import type { ActionSpace, VectorEnvironment } from '@metalore/core/environment';
import { RandomStream } from '@metalore/core/random';
import { CategoricalAgent } from '../off-policy/categorical-agent.js';
import { OffPolicy, finiteBox } from '../off-policy/off-policy.js';
import { BoxChainAgent } from './box-agent.js';
import { ChainLogits } from './chain-logits.js';
import { diffusionOptionsSchema, type DiffusionInput } from './options.js';

/**
 * A denoising chain as a policy: on a box it is trained through all its steps by −min Q, among numbered actions (D2SAC) by
 * −Σ_a π(a) min Q(a) − α H(π), π the softmax of what the chain gives (paper 002, second paper, V-A and V-B).
 *
 * **Deviation** from the authors' code: x_N and z are the only noise, in training and evaluation alike, where that code adds
 * noise to a tenth of all passes; the critics' targets use the chain itself, not a slow copy.
 */
export class DiffusionPolicy extends OffPolicy {
  /**
   * @param environment stepped through the episodes of `trainingSeed(seed)`
   * @param features names of what it observes, for the policy file
   * @throws InvalidInputError options outside their ranges, or an action without finite bounds
   */
  constructor(
    environment: VectorEnvironment<ActionSpace>,
    input: DiffusionInput,
    seed: number,
    features: readonly string[] = environment.observationSpace.names,
  ) {
    const { numEnvs, actionSpace } = environment;
    const options = parseWith(diffusionOptionsSchema, { ...input, numEnvs }, 'diffusion options');
    super(environment, {
      algorithm: 'diffusion',
      options,
      seed,
      features,
      uniformShare: () => options.uniformShare,
      createAgent(shape, maxBatch) {
        const weights = new RandomStream(seed, 'diffusion/weights');
        const { observationSize } = shape;
        if (isDiscrete(actionSpace)) {
          const logits = new ChainLogits(observationSize, actionSpace.n, options, maxBatch);
          const agent = new CategoricalAgent(shape, actionSpace.n, logits, options, maxBatch);
          agent.initialise(weights);
          return agent;
        }
        const { size } = finiteBox(actionSpace, 'diffusion');
        const agent = new BoxChainAgent(observationSize, size, options, maxBatch);
        agent.initialise(weights);
        return agent;
      },
    });
  }
}
