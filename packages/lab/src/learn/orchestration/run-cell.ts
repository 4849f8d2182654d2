import { parsePolicy } from '@metalore/core/policy';
import type { Policy } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import type { Scenario } from '@metalore/core/scenario';
import { simulate } from '@metalore/core/submetaverse';
import { learnedPolicy } from '@metalore/learn/policy-file';
import { meanOf, trainingSeed } from '@metalore/learn/training';
import { runTraining } from '../train.js';
import type { FrontCell, LearnedCell, OrchestrationCell, RivalGroup, RivalsCell } from './cells.js';
import { hindsightReward } from './hindsight.js';

/** A policy in a world, `[episodes]` each; null where no request was completed. */
export interface PlayedRow {
  readonly kind: 'played';
  readonly world: string;
  readonly group: RivalGroup | 'learned';
  /** The learner, or the rule that was best on the tuning episodes. */
  readonly name: string;
  /** Of the training; 0 for what is not learned. */
  readonly seed: number;
  readonly reward: readonly number[];
  readonly aosi: readonly (number | null)[];
  readonly aori: readonly (number | null)[];
  readonly served: readonly number[];
}

export interface HindsightRow {
  readonly kind: 'hindsight';
  readonly world: string;
  readonly episode: number;
  readonly reward: number;
}

/** A point of the front: means over episodes. */
export interface FrontRow {
  readonly kind: 'front';
  readonly group: 'rules' | 'learned';
  readonly seed: number;
  readonly aosi: number | null;
  readonly aori: number | null;
  readonly served: number;
}

export type OrchestrationRow = PlayedRow | HindsightRow | FrontRow;

export function runOrchestrationCell(cell: OrchestrationCell): OrchestrationRow[] {
  if (cell.kind === 'rivals') return rivals(cell);
  if (cell.kind === 'learned') return learned(cell);
  if (cell.kind === 'front') return front(cell);
  const { world, seed, episode } = cell;
  const reward = hindsightReward(parseScenario(world.scenario), seed, episode, cell);
  return [{ kind: 'hindsight', world: world.name, episode, reward }];
}

function rivals({ world, groups, tuningEpisodes, seed, episodes }: RivalsCell): PlayedRow[] {
  const scenario = parseScenario(world.scenario);
  const tuned = (name: string) =>
    meanOf(
      simulate(scenario, parsePolicy(name), { seed: trainingSeed(0), episodes: tuningEpisodes }).episodes
        .reward,
    );
  return groups.map(({ group, policies }) => {
    const scores = policies.map(tuned);
    const best = policies[scores.indexOf(Math.max(...scores))];
    return {
      kind: 'played',
      world: world.name,
      group,
      name: best,
      seed: 0,
      ...played(scenario, parsePolicy(best), seed, episodes),
    };
  });
}

function learned({ learner, job, worlds, seed, episodes }: LearnedCell): PlayedRow[] {
  const { policy } = runTraining(job);
  return worlds.map(({ name, scenario }) => ({
    kind: 'played',
    world: name,
    group: 'learned',
    name: learner,
    seed: job.seed,
    ...played(parseScenario(scenario), learnedPolicy(policy), seed, episodes),
  }));
}

function front({ by, seed, episodes }: FrontCell): FrontRow[] {
  const point = (scenario: unknown, policy: Policy) => {
    const shown = simulate(parseScenario(scenario), policy, { seed, episodes }).episodes;
    return { aosi: meanOf(shown.aosi), aori: meanOf(shown.aori), served: meanOf(shown.served) };
  };
  if ('policies' in by) {
    return by.policies.map((name) => ({
      kind: 'front',
      group: 'rules',
      seed: 0,
      ...point(by.scenario, parsePolicy(name)),
    }));
  }
  const { policy } = runTraining(by.job);
  return by.scenarios.map((scenario) => ({
    kind: 'front',
    group: 'learned',
    seed: by.job.seed,
    ...point(scenario, learnedPolicy(policy)),
  }));
}

function played(scenario: Scenario, policy: Policy, seed: number, episodes: number) {
  const { reward, aosi, aori, served } = simulate(scenario, policy, { seed, episodes }).episodes;
  return { reward: [...reward], aosi: [...aosi], aori: [...aori], served: [...served] };
}
