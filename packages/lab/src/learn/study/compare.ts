import { confidenceHalfWidth, summarize } from '../../statistics/summary.js';
import { rewardsAt } from './fixed-splits.js';
import type { FixedRow } from './fixed-splits.js';
import type { RewardEntry } from './study-file.js';

/** A difference of means with its 95 % confidence interval. */
export interface Difference {
  readonly mean: number;
  /** Half width. */
  readonly ci95: number;
}

/**
 * Mean over training seeds and episodes of what learned policies earn more than a baseline on the same episodes. Both are
 * samples: seeds of all trainings, episodes of all episodes; the variance of the mean is the sum of the two variances of
 * means, and t has the degrees of freedom of Satterthwaite (1946). With one seed, over episodes only.
 *
 * @param learned `[seeds][episodes]` @param baseline `[episodes]`
 */
export function pairedDifference(
  learned: readonly (readonly number[])[],
  baseline: readonly number[],
): Difference {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const byEpisode = baseline.map(
    (value, episode) => mean(learned.map((rewards) => rewards[episode])) - value,
  );
  const bySeed = learned.map((rewards) => mean(rewards) - mean(baseline));
  const episodes = summarize(byEpisode);
  if (learned.length < 2) return { mean: episodes.mean, ci95: episodes.ci95 };
  const parts = [episodes, summarize(bySeed)].map(({ std, n }) => ({
    variance: std ** 2 / n,
    freedom: n - 1,
  }));
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  if (variance === 0) return { mean: episodes.mean, ci95: 0 };
  const freedom = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.freedom, 0);
  return { mean: episodes.mean, ci95: confidenceHalfWidth(Math.sqrt(variance * (freedom + 1)), freedom + 1) };
}

/** The fixed split of the highest mean reward at (η, c2), chosen on the very episodes it is shown on. */
export function bestFixedSplit(
  rows: readonly FixedRow[],
  reward: RewardEntry,
): { row: FixedRow; rewards: number[] } {
  let best: { row: FixedRow; rewards: number[] } | undefined;
  let highest = -Infinity;
  for (const row of rows) {
    const rewards = rewardsAt(row, reward);
    const { mean } = summarize(rewards);
    if (mean <= highest) continue;
    highest = mean;
    best = { row, rewards };
  }
  return best!;
}
