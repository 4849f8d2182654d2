import type { BoxSpace, DiscreteSpace } from '@metalore/core/environment';
import { exp } from '@metalore/core/math';
import type { RandomStream } from '@metalore/core/random';
import { drawAction, logProbability, softmaxRow } from '../network/categorical.js';
import { bounded, countAtBounds, gaussianEntropy, logDensity, type Head } from '../network/gaussian.js';
import type { ActorCritic } from './actor-critic.js';
import type { Rollout } from './rollout.js';

/** What the actor's outputs mean: how actions are drawn from them, and what changes their probability. */
export interface ActionDistribution {
  /** Mean entropy of the last minibatch. */
  readonly entropy: number;
  /** To be called before rows are read, whenever parameters have changed. */
  prepare(entCoef: number): void;
  /**
   * Draws on row `row` of the actor's output and notes the draw as sample `sample` of the rollout.
   *
   * @param actions where the environment's action of row `row` is written
   * @returns ln π
   */
  draw(row: number, sample: number, stream: RandomStream, actions: Float64Array): number;
  /** ln π of the action of a sample on row `row` of the actor's output. */
  logProbability(row: number, sample: number): number;
  /**
   * Writes the gradients of row `row`, whose {@link ActionDistribution.logProbability} was asked for last.
   *
   * @param slope ∂loss/∂ln π
   * @param entropySlope ∂loss/∂entropy of this row
   */
  gradient(row: number, sample: number, slope: number, entropySlope: number): void;
  /** How many numbers of `actions` lie at a bound. */
  atBounds(actions: Float64Array): number;
}

/** A diagonal Gaussian around the outputs, clipped or squashed into a box; σ does not depend on the observation. */
export class GaussianActions implements ActionDistribution {
  entropy = 0;
  readonly #inverseStd: Float64Array;

  constructor(
    readonly networks: ActorCritic,
    readonly rollout: Rollout,
    readonly head: Head,
    readonly space: BoxSpace,
  ) {
    this.#inverseStd = new Float64Array(space.size);
  }

  prepare(entCoef: number): void {
    const { logStd, logStdGradient } = this.networks;
    const { size } = this.space;
    for (let d = 0; d < size; d++) {
      this.#inverseStd[d] = exp(-logStd[d]);
      logStdGradient[d] = -entCoef;
    }
    this.entropy = gaussianEntropy(logStd, size);
  }

  draw(row: number, sample: number, stream: RandomStream, actions: Float64Array): number {
    const { rollout, head, space } = this;
    const { actor } = this.networks;
    const at = sample * space.size;
    const meanAt = row * actor.outputStride;
    for (let d = 0; d < space.size; d++) {
      rollout.actions[at + d] = actor.output[meanAt + d] + stream.normal() / this.#inverseStd[d];
      actions[row * space.size + d] = bounded(head, rollout.actions[at + d], space.low[d], space.high[d]);
    }
    return this.logProbability(row, sample);
  }

  logProbability(row: number, sample: number): number {
    const { actor, logStd } = this.networks;
    const at = sample * this.space.size;
    const meanAt = row * actor.outputStride;
    return logDensity(this.rollout.actions, at, actor.output, meanAt, logStd, this.#inverseStd);
  }

  gradient(row: number, sample: number, slope: number): void {
    const { rollout, space } = this;
    const { actor, logStdGradient } = this.networks;
    const inverseStd = this.#inverseStd;
    const at = sample * space.size;
    const meanAt = row * actor.outputStride;
    for (let d = 0; d < space.size; d++) {
      const z = (rollout.actions[at + d] - actor.output[meanAt + d]) * inverseStd[d];
      actor.outputGradient[meanAt + d] = slope * z * inverseStd[d];
      logStdGradient[d] = logStdGradient[d] + slope * (z * z - 1);
    }
  }

  atBounds(actions: Float64Array): number {
    return countAtBounds(actions, this.space);
  }
}

/** A softmax of the outputs among numbered actions, of which a mask may leave some. */
export class CategoricalActions implements ActionDistribution {
  #entropy = 0;
  #rows = 0;
  readonly #probabilities: Float64Array;

  /** @param masks of the rollout's samples, `[size × n]`, filled by the caller; missing: all actions may be taken */
  constructor(
    readonly networks: ActorCritic,
    readonly rollout: Rollout,
    readonly space: DiscreteSpace,
    readonly masks: Uint8Array | undefined,
  ) {
    this.#probabilities = new Float64Array(space.n);
  }

  get entropy(): number {
    return this.#entropy / this.#rows;
  }

  prepare(): void {
    this.#entropy = 0;
    this.#rows = 0;
  }

  draw(row: number, sample: number, stream: RandomStream, actions: Float64Array): number {
    this.#distribution(row, sample);
    const action = drawAction(this.#probabilities, 0, this.space.n, stream);
    this.rollout.actions[sample] = actions[row] = action;
    return logProbability(this.#probabilities[action]);
  }

  logProbability(row: number, sample: number): number {
    this.#distribution(row, sample);
    return logProbability(this.#probabilities[this.rollout.actions[sample]]);
  }

  /** ∂ ln π(a)/∂ logit_k = [k = a] − π_k; ∂H/∂ logit_k = −π_k (ln π_k + H). */
  gradient(row: number, sample: number, slope: number, entropySlope: number): void {
    const { n } = this.space;
    const { actor } = this.networks;
    const at = row * actor.outputStride;
    const action = this.rollout.actions[sample];
    const probabilities = this.#probabilities;
    let entropy = 0;
    for (let a = 0; a < n; a++) entropy -= probabilities[a] * logProbability(probabilities[a]);
    for (let a = 0; a < n; a++) {
      const p = probabilities[a];
      const byLogProbability = (a === action ? 1 : 0) - p;
      const byEntropy = -p * (logProbability(p) + entropy);
      actor.outputGradient[at + a] = slope * byLogProbability + entropySlope * byEntropy;
    }
    this.#entropy += entropy;
    this.#rows++;
  }

  #distribution(row: number, sample: number): void {
    const { n } = this.space;
    const { output, outputStride } = this.networks.actor;
    softmaxRow(output, row * outputStride, n, this.#probabilities, 0, this.masks, sample * n);
  }

  atBounds(): number {
    return 0;
  }
}
