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
export function ageDiscounted({ baseReward, eta, latePenalty, lateThresholdSteps }: RewardOptions): Reward {
  // Powers by repeated multiplication, as far as they were needed: Math.pow differs between engines.
  const powers = [baseReward];
  return {
    synchronisation(aosi) {
      while (powers.length <= aosi) powers.push(powers[powers.length - 1]! * eta);
      return powers[aosi]!;
    },
    penalty: (aori) => (aori > lateThresholdSteps ? latePenalty : 0),
    late: (aori) => aori > lateThresholdSteps,
  };
}

/** Rewards by the name that scenario files use. */
export const rewardModels = new Registry<(options: RewardOptions) => Reward>('reward', {
  'age-discounted': ageDiscounted,
});
