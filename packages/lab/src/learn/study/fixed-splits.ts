import { fixed } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import { rewardModels, simulate } from '@metalore/core/submetaverse';
import type { RewardEntry } from './study-file.js';

/** Some fixed splits, as a cell of the study. */
export interface FixedCell {
  readonly kind: 'fixed';
  readonly scenario: unknown;
  readonly rhoC: number;
  readonly rhoP: readonly number[];
  readonly etas: readonly number[];
  readonly seed: number;
  readonly episodes: number;
}

/** Episodes of one fixed split, `[episodes]` each; null where no request was completed. */
export interface FixedRow {
  readonly kind: 'fixed';
  readonly rhoC: number;
  readonly rhoP: number;
  readonly aosi: readonly (number | null)[];
  readonly aori: readonly (number | null)[];
  readonly served: readonly number[];
  readonly late: readonly number[];
  /** c1 · Σ η^AoSI of every episode, by η (paper 000, eq. 6). */
  readonly synchronisation: Readonly<Record<string, readonly number[]>>;
}

/**
 * Plays fixed splits once for all rewards: a fixed split does what it does whatever η and c2 are, so one run gives the
 * ages, from which every reward follows.
 */
export function runFixedSplits(cell: FixedCell): FixedRow[] {
  const scenario = parseScenario(cell.scenario);
  const base = rewardModels.get(scenario.reward.model)(scenario.reward);
  const rewards = cell.etas.map((eta) =>
    rewardModels.get(scenario.reward.model)({ ...scenario.reward, eta }),
  );
  return cell.rhoP.map((rhoP) => {
    const sums = cell.etas.map(() => 0);
    const synchronisation = Object.fromEntries(cell.etas.map((eta) => [eta, [] as number[]]));
    const counting = {
      ...base,
      penalty: (aori: number) => base.penalty(aori),
      late: (aori: number) => base.late(aori),
      synchronisation(aosi: number) {
        rewards.forEach((reward, i) => (sums[i] += reward.synchronisation(aosi)));
        return base.synchronisation(aosi);
      },
    };
    const { episodes } = simulate(scenario, fixed(cell.rhoC, rhoP), {
      seed: cell.seed,
      episodes: cell.episodes,
      models: { reward: counting },
      onEpisode() {
        cell.etas.forEach((eta, i) => synchronisation[eta].push(sums[i]));
        sums.fill(0);
      },
    });
    return {
      kind: 'fixed',
      rhoC: cell.rhoC,
      rhoP,
      aosi: [...episodes.aosi],
      aori: [...episodes.aori],
      served: [...episodes.served],
      late: [...episodes.late],
      synchronisation,
    };
  });
}

/** Reward of every episode of a fixed split at (η, c2): paper 000, eqs. 5-7. */
export function rewardsAt(row: FixedRow, { eta, c2 }: Pick<RewardEntry, 'eta' | 'c2'>): number[] {
  return row.synchronisation[eta].map((sum, episode) => sum + c2 * row.late[episode]);
}
