import { fixed } from '@metalore/core/policy';
import type { Policy } from '@metalore/core/policy';
import { Phases } from '@metalore/core/scenario';
import type { Scenario } from '@metalore/core/scenario';
import { simulate } from '@metalore/core/submetaverse';
import { meanOf } from '@metalore/learn/training';
import { VALIDATION_SEED } from '@metalore/learn/training';

/** Steps of the stationary episodes in which a phase's best split is chosen: a phase's typical length. */
const PHASE_STEPS = 120;

type Split = readonly [rhoC: number, rhoP: number];

/**
 * A rule that knows which phase of a schedule holds and plays that phase's best fixed split: what exhaustive search could
 * do at best if somebody told it of every change. It does not see the backlog that a phase leaves to the next, so it is a
 * strong baseline, not a bound.
 *
 * @param episodes stationary episodes of every phase and split that the best is chosen on
 */
export function phaseOracle(scenario: Scenario, splits: readonly Split[], episodes: number): Policy {
  const phases = new Phases(scenario);
  const best = new Map<Scenario, Split>();
  let schedule: { fromStep: number; split: Split }[] = [];
  let step = 0;
  return {
    name: 'oracle',
    features: [],
    reset(seed, episode) {
      step = 0;
      schedule = phases.ofEpisode(seed, episode).map(({ fromStep, scenario: phase }) => {
        if (!best.has(phase)) best.set(phase, bestSplit(phase, splits, episodes));
        return { fromStep, split: best.get(phase)! };
      });
    },
    act(_observation, _offset, action, at, cell) {
      const { split } = schedule.findLast(({ fromStep }) => fromStep <= step)!;
      action[at] = split[0];
      action[at + 1] = split[1];
      if (cell === scenario.cells.length - 1) step++;
    },
  };
}

function bestSplit(phase: Scenario, splits: readonly Split[], episodes: number): Split {
  const stationary = { ...phase, episodeSteps: PHASE_STEPS };
  let best = splits[0];
  let highest = -Infinity;
  for (const split of splits) {
    const run = simulate(stationary, fixed(...split), { seed: VALIDATION_SEED, episodes });
    const mean = meanOf(run.episodes.reward);
    if (mean > highest) [highest, best] = [mean, split];
  }
  return best;
}
