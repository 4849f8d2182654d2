import { exp } from '@metalore/core/math';
import type { RandomStream } from '@metalore/core/random';
import type { ActorCritic } from './actor-critic.js';
import type { ActionDistribution } from './distribution.js';
import type { Rollout } from './rollout.js';

/** Settings of one update, schedules resolved. */
export interface UpdateSettings {
  readonly learningRate: number;
  readonly batchSize: number;
  readonly nEpochs: number;
  readonly clipRange: number;
  readonly clipRangeVf: number | null;
  readonly normalizeAdvantage: boolean;
  readonly entCoef: number;
  readonly vfCoef: number;
  readonly maxGradNorm: number;
  readonly targetKl: number | null;
}

/** Means over the minibatches of an update, under Stable-Baselines3's names. */
export interface UpdateMetrics {
  policyGradientLoss: number;
  valueLoss: number;
  entropyLoss: number;
  loss: number;
  approxKl: number;
  clipFraction: number;
  gradientNorm: number;
  /** Gradient steps made. */
  updates: number;
  /** The epochs were cut short by `targetKl`. */
  stoppedByKl: boolean;
}

/** Gradient steps of PPO on a rollout (Schulman et al. 2017; paper 000, section III-C), and their gradients. */
export class PpoUpdate {
  readonly #order: Uint32Array;
  readonly #advantages: Float64Array;
  /** Sums over the minibatch of the last {@link PpoUpdate.gradients}. */
  readonly batch = { policyLoss: 0, valueLoss: 0, kl: 0, clipped: 0 };

  constructor(
    readonly networks: ActorCritic,
    readonly rollout: Rollout,
    readonly distribution: ActionDistribution,
    batchSize: number,
  ) {
    this.#order = new Uint32Array(rollout.size);
    this.#advantages = new Float64Array(batchSize);
  }

  /** All epochs over the rollout, in an order drawn from `stream`. */
  run(settings: UpdateSettings, stream: RandomStream): UpdateMetrics {
    const { networks, batch } = this;
    const size = this.rollout.size;
    const order = this.#order;
    for (let i = 0; i < size; i++) order[i] = i;
    const sums = { policy: 0, value: 0, entropy: 0, kl: 0, clipped: 0, norm: 0 };
    let batches = 0;
    let updates = 0;
    let stoppedByKl = false;
    for (let epoch = 0; epoch < settings.nEpochs && !stoppedByKl; epoch++) {
      shuffle(order, stream);
      for (let first = 0; first < size; first += settings.batchSize) {
        const count = Math.min(settings.batchSize, size - first);
        this.gradients(order, first, count, settings);
        batches++;
        sums.policy += batch.policyLoss;
        sums.value += batch.valueLoss;
        sums.entropy -= this.distribution.entropy;
        sums.kl += batch.kl;
        sums.clipped += batch.clipped;
        if (settings.targetKl !== null && batch.kl > 1.5 * settings.targetKl) {
          stoppedByKl = true;
          break;
        }
        sums.norm += networks.parameters.step(settings.learningRate, settings.maxGradNorm);
        updates++;
      }
    }
    const mean = (sum: number) => sum / batches;
    return {
      policyGradientLoss: mean(sums.policy),
      valueLoss: mean(sums.value),
      entropyLoss: mean(sums.entropy),
      loss: mean(sums.policy) + settings.vfCoef * mean(sums.value) + settings.entCoef * mean(sums.entropy),
      approxKl: mean(sums.kl),
      clipFraction: mean(sums.clipped),
      gradientNorm: updates === 0 ? 0 : sums.norm / updates,
      updates,
      stoppedByKl,
    };
  }

  /**
   * Puts the gradients of −L^CLIP + vfCoef · L^VF − entCoef · L^S (paper 000, section III-C) over the samples
   * `order[first … first + count − 1]` in the place of the last ones.
   */
  gradients(order: Uint32Array, first: number, count: number, settings: UpdateSettings): void {
    this.#forward(order, first, count);
    this.#loadAdvantages(order, first, count, settings.normalizeAdvantage);
    this.networks.parameters.gradients.fill(0);
    this.#policyGradient(order, first, count, settings);
    this.#valueGradient(order, first, count, settings);
    this.networks.actor.backward(count);
    this.networks.critic.backward(count);
  }

  #forward(order: Uint32Array, first: number, count: number): void {
    const { rollout, networks } = this;
    copyRows(rollout.observations, rollout.observationStride, order, first, count, networks.actor.input);
    copyRows(rollout.criticInputs, rollout.criticStride, order, first, count, networks.critic.input);
    networks.actor.forward(count);
    networks.critic.forward(count);
  }

  #loadAdvantages(order: Uint32Array, first: number, count: number, normalise: boolean): void {
    const advantages = this.#advantages;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += advantages[i] = this.rollout.advantages[order[first + i]];
    if (!normalise || count < 2) return;
    const mean = sum / count;
    let squares = 0;
    for (let i = 0; i < count; i++) squares += (advantages[i] - mean) * (advantages[i] - mean);
    const deviation = Math.sqrt(squares / (count - 1)) + 1e-8;
    for (let i = 0; i < count; i++) advantages[i] = (advantages[i] - mean) / deviation;
  }

  #policyGradient(order: Uint32Array, first: number, count: number, settings: UpdateSettings): void {
    const { rollout, distribution, batch } = this;
    const { clipRange, entCoef } = settings;
    distribution.prepare(entCoef);
    batch.policyLoss = 0;
    batch.kl = 0;
    batch.clipped = 0;
    for (let i = 0; i < count; i++) {
      const sample = order[first + i];
      const advantage = this.#advantages[i];
      const logRatio = distribution.logProbability(i, sample) - rollout.logDensities[sample];
      const ratio = exp(logRatio);
      const clipped = ratio < 1 - clipRange ? 1 - clipRange : ratio > 1 + clipRange ? 1 + clipRange : ratio;
      const active = advantage * ratio <= advantage * clipped;
      batch.policyLoss -= (active ? advantage * ratio : advantage * clipped) / count;
      batch.kl += (ratio - 1 - logRatio) / count;
      if (clipped !== ratio) batch.clipped += 1 / count;
      const slope = active ? (-advantage * ratio) / count : 0;
      distribution.gradient(i, sample, slope, -entCoef / count);
    }
  }

  #valueGradient(order: Uint32Array, first: number, count: number, settings: UpdateSettings): void {
    const { rollout, networks, batch } = this;
    const { critic } = networks;
    const range = settings.clipRangeVf;
    batch.valueLoss = 0;
    for (let i = 0; i < count; i++) {
      const sample = order[first + i];
      const at = i * critic.outputStride;
      const old = rollout.values[sample];
      let value = critic.output[at];
      let slope = 1;
      if (range !== null && Math.abs(value - old) > range) {
        value = value > old ? old + range : old - range;
        slope = 0;
      }
      const error = value - rollout.returns[sample];
      batch.valueLoss += (error * error) / count;
      critic.outputGradient[at] = (slope * settings.vfCoef * 2 * error) / count;
    }
  }
}

function copyRows(
  source: Float32Array,
  stride: number,
  order: Uint32Array,
  first: number,
  count: number,
  target: Float32Array,
): void {
  for (let i = 0; i < count; i++) {
    const from = order[first + i] * stride;
    for (let k = 0; k < stride; k++) target[i * stride + k] = source[from + k];
  }
}

function shuffle(order: Uint32Array, stream: RandomStream): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = stream.integer(last + 1);
    const item = order[last];
    order[last] = order[other];
    order[other] = item;
  }
}
