import { summarize } from '../../statistics/summary.js';
import { pairedDifference, type Difference } from '../study/compare.js';
import type { HindsightRow, PlayedRow } from './run-cell.js';
import type { OrchestrationFile } from './study-file.js';

/** A policy, or a learner over its training seeds, in one world. */
export interface Standing {
  readonly world: string;
  readonly group: PlayedRow['group'];
  readonly name: string;
  /** Training seeds; 0 for what is not learned. */
  readonly seeds: number;
  readonly isRival: boolean;
  readonly reward: number;
  /** What it earns more than the strongest rival on the same episodes; of that one itself 0. */
  readonly difference: Difference;
  /** The same over the rival's reward, %. */
  readonly gain: number;
  /** Reward over that of the best plan in hindsight, on the episodes that have one, %; NaN without. */
  readonly ofHindsight: number;
  readonly aosi: number;
  readonly aori: number;
  readonly served: number;
}

/** Who did what in one world, in the order of the study's file. */
export function standingsOf(
  world: string,
  played: readonly PlayedRow[],
  hindsight: readonly HindsightRow[],
  { learners }: Pick<OrchestrationFile, 'learners'>,
): Standing[] {
  const rows = played.filter((row) => row.world === world);
  const plans = hindsight.filter((row) => row.world === world);
  const names = [...new Set(rows.filter(({ group }) => group === 'learned').map(({ name }) => name))];
  const groups = [
    ...rows.filter(({ group }) => group !== 'learned').map((row) => [row]),
    ...names.map((name) => rows.filter((row) => row.group === 'learned' && row.name === name)),
  ];
  const isRival = ([{ group, name }]: PlayedRow[]) =>
    group === 'learned'
      ? learners.some((learner) => learner.name === name && learner.rival)
      : group !== 'own rule';
  const strongest = groups
    .filter(isRival)
    .reduce((best, group) => (rewardOf(group) > rewardOf(best) ? group : best));
  const baseline = byEpisode(strongest);
  return groups.map((group) => {
    const difference = pairedDifference(
      group.map(({ reward }) => reward),
      baseline,
    );
    const over = (metric: 'aosi' | 'aori') => mean(group.flatMap((row) => row[metric]));
    return {
      world,
      group: group[0].group,
      name: group[0].name,
      seeds: group[0].group === 'learned' ? group.length : 0,
      isRival: isRival(group),
      reward: rewardOf(group),
      difference: group === strongest ? { mean: 0, ci95: 0 } : difference,
      gain: group === strongest ? 0 : (100 * difference.mean) / Math.abs(rewardOf(strongest)),
      ofHindsight: shareOfPlans(byEpisode(group), plans),
      aosi: over('aosi'),
      aori: over('aori'),
      served: mean(group.flatMap(({ served }) => served)),
    };
  });
}

const mean = (values: readonly (number | null)[]) => summarize(values.map((value) => value ?? NaN)).mean;
const rewardOf = (group: readonly PlayedRow[]) => mean(group.flatMap(({ reward }) => reward));

/** Mean over training seeds of every episode's reward. */
function byEpisode(group: readonly PlayedRow[]): number[] {
  return group[0].reward.map((_, episode) => mean(group.map(({ reward }) => reward[episode])));
}

function shareOfPlans(rewards: readonly number[], plans: readonly HindsightRow[]): number {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const known = plans.filter(({ episode }) => episode < rewards.length);
  if (known.length === 0) return NaN;
  return (100 * sum(known.map(({ episode }) => rewards[episode]))) / sum(known.map(({ reward }) => reward));
}
