import {
  CITY_DEFAULTS,
  chooseSplits,
  cityAccounts,
  cityScenario,
  runCity,
  type CityEpisode,
  type CityScenarioOptions,
  type ServerAccounts,
  type UnitMapping,
} from '@metalore/core/city';
import { InfeasibleError } from '@metalore/core/errors';
import { buildProblem, parsePartitionInstance, solvePartition } from '@metalore/core/partition';
import type { PartitionMethod, PartitionProblem, PartitionSolution } from '@metalore/core/partition';
import { fixedPerCell } from '@metalore/core/policy';
import type { Policy } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import { AgeMap, type AgeMapData } from '@metalore/core/submetaverse';
import { policyOfValue, type PolicyValue } from '../policy/policy-value.js';

/** Policies that follow from a partition: what it reserves for its twins, and what earns most on training episodes. */
export const CITY_POLICIES = ['reserved', 'chosen'] as const;

/** One way to cut a city and to run it, complete in itself. */
export interface CityCell {
  /** What the study varies, as its tables name it. */
  readonly group: 'run' | 'load' | 'age' | 'band';
  readonly x: number;
  /** Of the twins' positions. */
  readonly draw: number;
  /** An instance of the partition problem in full. */
  readonly instance: unknown;
  readonly method: PartitionMethod;
  /** A rule or a trained policy; or `reserved`, `chosen`. */
  readonly policy: PolicyValue;
  readonly options: CityScenarioOptions;
  readonly seed: number;
  readonly episodes: number;
  /** Episodes that `chosen` is chosen on; others than those that count. */
  readonly training: number;
  /** Whether regions, accounts and the ages by place are wanted. */
  readonly maps: boolean;
}

/** What a cell yields. */
export interface CityRow extends Pick<CityCell, 'group' | 'x' | 'draw' | 'method'> {
  readonly policy: string;
  /** Length of a step, in which the ages of the episodes are, ms. */
  readonly stepMs: number;
  /** J, ms (paper 001, eq. 9a); null where the method found no partition. */
  readonly objectiveMs: number | null;
  /** Why there is none. */
  readonly infeasible?: string;
  readonly episodes: readonly CityEpisode[];
  /** `[cells × 2]`, of the policies that are fixed splits. */
  readonly splits?: readonly number[];
  readonly maps?: CityMaps;
}

/** What a report of one city shows beside the figures. */
export interface CityMaps {
  readonly labels: readonly number[];
  readonly twins: readonly number[];
  readonly accounts: readonly ServerAccounts[];
  readonly units: UnitMapping;
  readonly ages: AgeMapData;
}

/** Episodes from here on are training, which no figure is made of. */
const FIRST_TRAINING_EPISODE = 1_000_000;
/** Places of the map of ages along the longer side. */
const MAP_SIDE = 40;

/** Cuts, runs, measures. */
export async function runCityCell(cell: CityCell): Promise<CityRow[]> {
  const { group, x, draw, method, options } = cell;
  const { problem, solve } = partitionOf(cell);
  const stepsPerSlot = options.stepsPerSlot ?? CITY_DEFAULTS.stepsPerSlot;
  const stepMs = (1e3 * problem.instance.constants.slotS) / stepsPerSlot;
  const row = { group, x, draw, method, policy: cell.policy.spec, stepMs };
  let solution: PartitionSolution;
  try {
    solution = solve();
  } catch (error) {
    if (!(error instanceof InfeasibleError)) throw error;
    return [{ ...row, objectiveMs: null, infeasible: error.message, episodes: [] }];
  }
  return [{ ...row, objectiveMs: solution.objectiveMs, ...(await run(cell, problem, solution)) }];
}

/** What this thread cut last: the policies of one method come one after the other. */
let last: { key: string; problem: PartitionProblem; solve: () => PartitionSolution } | undefined;

function partitionOf({ instance, method }: CityCell): NonNullable<typeof last> {
  const key = JSON.stringify([instance, method]);
  if (last?.key === key) return last;
  const problem = buildProblem(parsePartitionInstance(instance));
  let solution: PartitionSolution | undefined;
  const solve = () => (solution ??= solvePartition(problem, { method, lowerBound: false }));
  return (last = { key, problem, solve });
}

async function run(
  { policy: value, options, seed, episodes, training, maps }: CityCell,
  problem: PartitionProblem,
  solution: PartitionSolution,
): Promise<Pick<CityRow, 'episodes' | 'splits' | 'maps'>> {
  const { seed: ground = CITY_DEFAULTS.seed } = options;
  // sensors, and where the twins have walked, are drawn anew in every episode
  const cityOf = (episode: number) => cityScenario(problem, solution, { ...options, seed: ground + episode });
  const city = cityOf(0);
  const { units } = city;
  let splits: readonly number[] | undefined;
  if (value.spec === 'reserved') splits = city.reserved;
  if (value.spec === 'chosen') {
    const firstEpisode = FIRST_TRAINING_EPISODE;
    const scenario = parseScenario(cityOf(firstEpisode).scenario);
    splits = chooseSplits(scenario, { seed, firstEpisode, episodes: training });
  }
  const policy: Policy = splits === undefined ? await policyOfValue(value) : fixedPerCell(splits);
  const map = maps ? new AgeMap(problem.instance.zone, MAP_SIDE) : undefined;
  const rows = Array.from({ length: episodes }, (_, episode) => {
    const scenario = parseScenario(cityOf(episode).scenario);
    return runCity(scenario, policy, { seed, firstEpisode: episode, episodes: 1, map }).episodes[0];
  });
  return {
    episodes: rows,
    ...(splits && { splits }),
    ...(map && {
      maps: {
        labels: [...solution.labels],
        twins: solution.twins,
        accounts: cityAccounts(problem, solution, cityScenario(problem, solution, { ...options, ageS: 0 })),
        units,
        ages: map.data(),
      },
    }),
  };
}
