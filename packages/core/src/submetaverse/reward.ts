import { Registry, requireFunction, requireFunctions, type Check } from '../registry/index.js';

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

/** A user's reward is finite, and its penalty no gift. */
const checkReward: Check<(options: RewardOptions) => Reward> = (make, refuse) => {
  requireFunction(make, 'a function of the reward of a scenario', refuse);
  return (options) => {
    const reward = make(options);
    const what = 'a reward { synchronisation(aosi), penalty(aori), late(aori) }';
    requireFunctions(reward, ['synchronisation', 'penalty', 'late'], what, refuse);
    return {
      synchronisation(aosi) {
        const worth = reward.synchronisation(aosi);
        if (!Number.isFinite(worth)) refuse(`synchronisation(${aosi})`, worth, 'a finite number');
        return worth;
      },
      penalty(aori) {
        const worth = reward.penalty(aori);
        if (!(worth <= 0 && worth > -Infinity)) {
          refuse(`penalty(${aori})`, worth, 'a finite number, at most 0');
        }
        return worth;
      },
      late(aori) {
        const late: unknown = reward.late(aori);
        if (typeof late !== 'boolean') refuse(`late(${aori})`, late, 'true or false');
        return late as boolean;
      },
    };
  };
};

/** Rewards by the name that scenario files use. */
export const rewardModels = new Registry<(options: RewardOptions) => Reward>(
  'reward',
  {
    'age-discounted': (options) => new AgeDiscounted(options),
  },
  checkReward,
);
