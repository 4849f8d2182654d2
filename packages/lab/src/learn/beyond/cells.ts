import { parsePolicy } from '@metalore/core/policy';
import type { Policy } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import type { Scenario } from '@metalore/core/scenario';
import { simulate } from '@metalore/core/submetaverse';
import type { StepTable } from '@metalore/core/submetaverse';
import { learnedPolicy } from '@metalore/learn/policy-file';
import { readDocument } from '../../io/documents.js';
import { inputFile } from '../../io/load-input.js';
import { applyChanges } from '../../submetaverse/scenario-files.js';
import { CRITIC_FEATURES, SUBMETAVERSE_PPO, WARM_START } from '../defaults.js';
import type { TrainingJob } from '../job.js';
import { runTraining } from '../train.js';
import type { BeyondFile, Experiment } from './beyond-file.js';
import { phaseOracle } from './oracle.js';

/** What plays: rules by name, the oracle over a grid, or what a training learns. */
type Contender =
  | { readonly group: 'fixed' | 'rule'; readonly policies: readonly string[] }
  | { readonly group: 'oracle'; readonly grid: number; readonly episodes: number }
  | { readonly group: 'learned'; readonly name: string; readonly job: TrainingJob };

export interface BeyondCell {
  readonly experiment: string;
  readonly scenario: unknown;
  readonly seed: number;
  readonly episodes: number;
  readonly traceSteps: number | null;
  readonly contender: Contender;
}

/** Means over windows of steps of the first episode; null where no request was completed. */
export interface Trace {
  readonly rhoC: readonly number[];
  readonly rhoP: readonly number[];
  readonly aosi: readonly (number | null)[];
}

export interface BeyondRow {
  readonly experiment: string;
  readonly group: Contender['group'];
  readonly name: string;
  /** Of the training; 0 for what is not learned. */
  readonly seed: number;
  readonly reward: readonly number[];
  readonly aosi: readonly (number | null)[];
  readonly aori: readonly (number | null)[];
  readonly served: readonly number[];
  readonly trace: Trace | null;
}

/** 0, grid, 2 grid, … 1. */
function axis(grid: number): number[] {
  const count = Math.round(1 / grid);
  return Array.from({ length: count + 1 }, (_, i) => Number((i / count).toFixed(6)));
}

/** Cells of every experiment: fixed splits by ρC, rules, the oracle, and a training each. */
export function beyondCells(file: BeyondFile): BeyondCell[] {
  return file.experiments.flatMap((experiment) => {
    const scenario = scenarioOf(experiment);
    const base = {
      experiment: experiment.name,
      scenario,
      ...experiment.evaluation,
      traceSteps: experiment.traceSteps ?? null,
    };
    const contenders: Contender[] = axis(experiment.grid).map((rhoC) => ({
      group: 'fixed',
      policies: axis(experiment.grid).map((rhoP) => `fixed:${rhoC},${rhoP}`),
    }));
    if (experiment.rules.length > 0) contenders.push({ group: 'rule', policies: experiment.rules });
    if (experiment.oracle) {
      contenders.push({ group: 'oracle', grid: experiment.grid, episodes: experiment.oracle.episodes });
    }
    return [...contenders, ...trainings(experiment, scenario, file)].map((contender) => ({
      ...base,
      contender,
    }));
  });
}

function scenarioOf({ scenario, set }: Experiment): Scenario {
  return parseScenario(applyChanges(readDocument(inputFile('submetaverse', scenario)) ?? {}, set));
}

function trainings(experiment: Experiment, scenario: Scenario, file: BeyondFile): Contender[] {
  return experiment.learners.flatMap(({ name, algorithm, seeds, observation, options }) =>
    seeds.map((seed): Contender => ({
      group: 'learned',
      name,
      job: {
        scenario: observation ? { ...scenario, observation } : scenario,
        algorithm,
        options: { ...(algorithm === 'ppo' ? SUBMETAVERSE_PPO : {}), ...options },
        criticFeatures: CRITIC_FEATURES.filter((feature) => !observation?.includes(feature)),
        warmStart: algorithm === 'ppo' ? WARM_START : null,
        seed,
        validation: file.validation,
      },
    })),
  );
}

/** Plays one cell's contenders. */
export function runBeyondCell(cell: BeyondCell): BeyondRow[] {
  const scenario = parseScenario(cell.scenario);
  const { contender } = cell;
  if (contender.group === 'learned') {
    const { policy } = runTraining(contender.job);
    return [play(cell, scenario, learnedPolicy(policy), contender.name, contender.job.seed)];
  }
  if (contender.group === 'oracle') {
    const splits = axis(contender.grid).flatMap((rhoC) =>
      axis(contender.grid).map((rhoP) => [rhoC, rhoP] as const),
    );
    return [
      play(
        cell,
        scenario,
        phaseOracle(scenario, splits, contender.episodes),
        'best fixed split of each phase',
        0,
      ),
    ];
  }
  return contender.policies.map((name) => play(cell, scenario, parsePolicy(name), name, 0));
}

function play(cell: BeyondCell, scenario: Scenario, policy: Policy, name: string, seed: number): BeyondRow {
  const { episodes } = simulate(scenario, policy, { seed: cell.seed, episodes: cell.episodes });
  let trace: Trace | null = null;
  if (cell.traceSteps !== null) {
    const { steps } = simulate(scenario, policy, { seed: cell.seed, episodes: 1, recordSteps: true });
    trace = traceOf(steps!, cell.traceSteps);
  }
  return {
    experiment: cell.experiment,
    group: cell.contender.group,
    name,
    seed,
    reward: [...episodes.reward],
    aosi: [...episodes.aosi],
    aori: [...episodes.aori],
    served: [...episodes.served],
    trace,
  };
}

/** Windows over the first cell's steps; ages weigh by requests completed. */
function traceOf(steps: StepTable, width: number): Trace {
  const windows = Math.floor(steps.step.length / width);
  const over = (window: number, value: (at: number) => number, weight: (at: number) => number) => {
    let sum = 0;
    let total = 0;
    for (let at = window * width; at < (window + 1) * width; at++) {
      if (weight(at) === 0) continue;
      sum += value(at) * weight(at);
      total += weight(at);
    }
    return total === 0 ? null : sum / total;
  };
  const all = Array.from({ length: windows }, (_, window) => window);
  const one = () => 1;
  const completed = (at: number) => (Number.isNaN(steps.aosi[at]) ? 0 : steps.requestsCompleted[at]);
  return {
    rhoC: all.map((window) => over(window, (at) => steps.rhoC[at], one)!),
    rhoP: all.map((window) => over(window, (at) => steps.rhoP[at], one)!),
    aosi: all.map((window) => over(window, (at) => steps.aosi[at], completed)),
  };
}
