import { Registry } from '../registry/index.js';

/** What a completed request is worth (paper 000, eqs. 5-7). */
export interface Reward {
  /** Synchronisation reward, the term of eq. 6. @param aosi steps, >= 0 */
  synchronisation(aosi: number): number;
  /** Delay penalty, the term of eq. 7, <= 0. @param aori steps, >= 0 */
  penalty(aori: number): number;
  /** Whether the request counts as late. @param aori steps */
  late(aori: number): boolean;
}

/** The reward's fields of a scenario. */
export interface RewardOptions {
  /** c1 */
  readonly baseReward: number;
  /** η, in (0, 1] */
  readonly eta: number;
  /** c2, <= 0 */
  readonly latePenalty: number;
  /** D_th, steps */
  readonly lateThresholdSteps: number;
}

/** r = Σ c1 η^AoSI + Σ c2 · 1{AoRI > D_th} (paper 000, eqs. 5-7). */
export class AgeDiscounted implements Reward {
  readonly #options: RewardOptions;
  /** c1 η^a at a, as far as it was needed: by repeated multiplication, as Math.pow differs between engines. */
  readonly #rewards: number[];

  constructor(options: RewardOptions) {
    this.#options = options;
    this.#rewards = [options.baseReward];
  }

  synchronisation(aosi: number): number {
    const rewards = this.#rewards;
    while (rewards.length <= aosi) rewards.push(rewards[rewards.length - 1] * this.#options.eta);
    return rewards[aosi];
  }

  penalty(aori: number): number {
    return this.late(aori) ? this.#options.latePenalty : 0;
  }

  late(aori: number): boolean {
    return aori > this.#options.lateThresholdSteps;
  }
}

/** Rewards by the name that scenario files use. */
export const rewardModels = new Registry<(options: RewardOptions) => Reward>('reward', {
  'age-discounted': (options) => new AgeDiscounted(options),
});
