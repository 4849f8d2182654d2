import type { RandomStream } from '@metalore/core/random';
import { Kernel } from '../kernel/kernel.js';
import { Parameters } from '../network/parameters.js';
import { ActorCriticAgent } from '../off-policy/actor-critic-agent.js';
import type { AgentModel } from '../off-policy/agent.js';
import { BoxCritics } from '../off-policy/box-critics.js';
import { OFF_POLICY_ADAM } from '../off-policy/critics.js';
import { bootstraps } from '../off-policy/rows.js';
import type { ReplayBatch } from '../replay/replay.js';
import { DenoisingChain } from './chain.js';
import type { DiffusionOptions } from './options.js';

/** The chain of a policy, with its parameters in a kernel memory of its own. */
export function createChain(
  dataSize: number,
  conditionSize: number,
  { netArch, activation, denoisingSteps: steps, prediction, weightDecay }: DiffusionOptions,
  maxBatch: number,
): DenoisingChain {
  const settings = { dataSize, conditionSize, netArch, activation, steps, prediction, bounded: true };
  const count = DenoisingChain.parameterCount(settings);
  const kernel = new Kernel(Parameters.floats(count) + DenoisingChain.floats(settings, maxBatch));
  const parameters = new Parameters(kernel, count, { ...OFF_POLICY_ADAM, weightDecay });
  return new DenoisingChain(parameters, settings, maxBatch);
}

/** What a policy file holds of a chain. */
export function chainModel(chain: DenoisingChain) {
  const { steps, prediction, bounded, activation = 'mish' } = chain.settings;
  return {
    kind: 'diffusion' as const,
    layers: chain.network.weights(),
    activation,
    steps,
    prediction,
    bounded,
  };
}

/** A denoising chain that acts in a box, trained through all its steps by −min Q (paper 002, second paper, V-A). */
export class BoxChainAgent extends ActorCriticAgent {
  protected readonly tau: number;
  readonly actions: Float64Array;
  readonly chain: DenoisingChain;
  readonly critics: BoxCritics;
  readonly metrics = { 'train/critic_loss': 0, 'train/actor_loss': 0 };
  readonly #gradient: Float64Array;

  constructor(
    readonly observationSize: number,
    readonly actionSize: number,
    readonly options: DiffusionOptions,
    maxBatch: number,
  ) {
    super();
    this.tau = options.tau;
    this.chain = createChain(actionSize, observationSize, options, maxBatch);
    this.critics = new BoxCritics(observationSize, actionSize, options, maxBatch);
    this.actions = this.chain.data;
    this.#gradient = new Float64Array(maxBatch * actionSize);
  }

  get actorParameters(): Parameters {
    return this.chain.parameters;
  }

  initialise(stream: RandomStream): void {
    this.chain.initialise(stream);
    this.critics.initialise(stream);
  }

  draw(observations: Float32Array, rows: number, stream: RandomStream): void {
    this.chain.sample(observations, rows, stream);
  }

  /** Gradients of ½ Σ_j mean (Q_j(s, a) − R − D min_j Q'_j(s', a'))², a' of the chain. */
  criticGradients(batch: ReplayBatch, rows: number, stream: RandomStream): void {
    const { critics, metrics } = this;
    if (!bootstraps(batch, rows)) {
      metrics['train/critic_loss'] = critics.gradients(batch, undefined, rows);
      return;
    }
    this.draw(batch.nextObservations, rows, stream);
    const values = critics.targetValues(batch.nextObservations, this.actions, rows);
    metrics['train/critic_loss'] = critics.gradients(batch, values, rows);
  }

  /** Gradients of −mean min_j Q_j(s, x_0), through all steps of the chain. */
  actorGradients(batch: ReplayBatch, rows: number, stream: RandomStream): void {
    this.draw(batch.observations, rows, stream);
    const slopes = this.critics.actionSlopes(batch.observations, this.actions, rows);
    for (let at = 0; at < rows * this.actionSize; at++) this.#gradient[at] = -slopes[at];
    this.metrics['train/actor_loss'] = -this.critics.meanValue;
    this.chain.parameters.gradients.fill(0);
    this.chain.backward(this.#gradient, rows);
  }

  model(): AgentModel {
    return { ...chainModel(this.chain), head: { kind: 'box' }, critics: this.critics.weights() };
  }
}
