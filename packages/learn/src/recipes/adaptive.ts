import type { CemInput } from '../cem/cem.js';
import type { PpoInput } from '../ppo/options.js';

/**
 * What a policy for any load observes of its own cell: the backlogs that both resources work on, how far sensor data and the
 * requests it is for lie apart, ages along the way, and how near the end is.
 */
export const ADAPTIVE_OBSERVATION = [
  'request-uplink-mbit',
  'update-uplink-mbit',
  'request-queue-units',
  'update-queue-units',
  'data-older-steps',
  'data-newer-steps',
  'request-queue-jobs',
  'update-queue-jobs',
  'request-uplink-age-steps',
  'update-uplink-age-steps',
  'request-head-age-steps',
  'twin-age-steps',
  'end-nearness-20-steps',
  'end-nearness-3-steps',
] as const;

/** What a policy observes beside, that is told what a request is worth. */
export const PREFERENCE_OBSERVATION = [
  'reward-eta',
  'reward-late-penalty',
  'reward-late-threshold-steps',
] as const;

/**
 * Weights of the logarithms with which the search begins, by feature: ρC and ρP of the rule `age-matching`, and more for requests
 * as the end comes near, when what still waits is lost.
 */
const BEGINNING: Readonly<Record<string, readonly [rhoC: number, rhoP: number]>> = {
  'request-uplink-mbit': [1, 0],
  'update-uplink-mbit': [-1, 0],
  'request-queue-units': [0, 1],
  'update-queue-units': [0, -1],
  'data-newer-steps': [1, 1],
  'data-older-steps': [-1, -1],
  'end-nearness-20-steps': [3, 0.5],
  'end-nearness-3-steps': [1.5, 0.2],
};

/**
 * The cross-entropy search for {@link ADAPTIVE_OBSERVATION}: it begins at the rule `age-matching`, as a split in proportion to
 * weighted backlogs is a sigmoid of differences of logarithms, and looks for what improves on it.
 */
export const ADAPTIVE_CEM = {
  episodes: 24,
  population: 40,
  elite: 8,
  terms: 'log',
  initialStd: 0.3,
  minStd: 0.03,
  initialLogWeights: [0, 1].map((action) =>
    ADAPTIVE_OBSERVATION.map((feature) => BEGINNING[feature]?.[action] ?? 0),
  ),
} satisfies CemInput;

/** PPO for {@link ADAPTIVE_OBSERVATION} on cells whose load does not change: over the options of a sub-metaverse. */
export const ADAPTIVE_PPO = {
  batchSize: 640,
  observationScale: 'log',
} satisfies PpoInput;

/** What a training of a sub-metaverse begins with, by one name. */
export interface Recipe {
  readonly description: string;
  readonly algorithm: 'cem' | 'ppo';
  /** What the policy observes, in place of the scenario's own list; null: that list. */
  readonly observation: readonly string[] | null;
  /** Over the algorithm's defaults. */
  readonly options: CemInput | PpoInput;
}

/** Recipes by the name that `metalore train --recipe` and studies use. */
export const RECIPES: Readonly<Record<'plain-cem' | 'adaptive' | 'adaptive-ppo' | 'told', Recipe>> = {
  'plain-cem': {
    description: 'CEM on what the scenario observes',
    algorithm: 'cem',
    observation: null,
    options: {},
  },
  adaptive: {
    description: 'CEM from the rule age-matching on; for loads that change and any number of cells',
    algorithm: 'cem',
    observation: ADAPTIVE_OBSERVATION,
    options: { totalTimesteps: 6_912_000, ...ADAPTIVE_CEM },
  },
  'adaptive-ppo': {
    description: 'PPO on backlogs, ages and the distance between data and requests; for a load that stays',
    algorithm: 'ppo',
    observation: ADAPTIVE_OBSERVATION,
    options: ADAPTIVE_PPO,
  },
  told: {
    description:
      'adaptive-ppo that also observes η, c2 and D_th; for rewards that are drawn, as in the preset preferences',
    algorithm: 'ppo',
    observation: [...ADAPTIVE_OBSERVATION, ...PREFERENCE_OBSERVATION],
    options: { totalTimesteps: 1_536_000, ...ADAPTIVE_PPO },
  },
};
