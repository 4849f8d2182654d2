import { exp, log } from '@metalore/core/math';
import { parsePolicy } from '@metalore/core/policy';
import type { Policy } from '@metalore/core/policy';
import type { Scenario } from '@metalore/core/scenario';
import { simulate } from '@metalore/core/submetaverse';
import { CrossEntropySearch } from '@metalore/learn/cem';
import { meanOf } from '@metalore/learn/training';

/** What a plan corrects: splits in proportion to backlogs, towards whoever is behind. */
const BASE = 'age-matching';
/** Logits of a share are kept within this, so that a plan can turn it. */
const LARGEST_LOGIT = 6;

export interface PlanSearch {
  readonly knots: number;
  readonly generations: number;
  readonly population: number;
}

/**
 * Reward of the best plan found for one episode with everything in it known: what is added to the logits of a rule's splits,
 * cell by cell, piecewise linear over time, found by the cross-entropy method. It is reached, so the optimum lies above it; no policy knows
 * what it knows.
 */
export function hindsightReward(
  scenario: Scenario,
  seed: number,
  episode: number,
  search: PlanSearch,
): number {
  const cells = scenario.cells.length;
  const size = cells * 2 * (search.knots + 1);
  const score = (plan: Float64Array) =>
    meanOf(
      simulate(scenario, planned(scenario, plan, search.knots), { seed, episodes: 1, firstEpisode: episode })
        .episodes.reward,
    );
  const searched = new CrossEntropySearch(
    new Float64Array(size),
    new Float64Array(size).fill(1),
    seed + episode,
    'hindsight',
  );
  let best = score(searched.mean);
  const settings = { population: search.population, elite: Math.ceil(search.population / 6) };
  for (let generation = 0; generation < search.generations; generation++) {
    const { best: drawn } = searched.generation(
      settings,
      score,
      () => 0.08 * (1 - generation / search.generations),
    );
    best = Math.max(best, drawn, score(searched.mean));
  }
  return best;
}

/** @param plan `[cells × 2 × (knots + 1)]` */
function planned(scenario: Scenario, plan: Float64Array, knots: number): Policy {
  const base = parsePolicy(BASE);
  let step = 0;
  return {
    name: 'plan',
    features: base.features,
    reset(seed, episode) {
      base.reset(seed, episode);
      step = 0;
    },
    act(observation, offset, action, at, cell) {
      base.act(observation, offset, action, at, cell);
      const x = (step * knots) / scenario.episodeSteps;
      const knot = Math.floor(x);
      for (let d = 0; d < 2; d++) {
        const row = (cell * 2 + d) * (knots + 1) + knot;
        const added = plan[row] + (x - knot) * (plan[row + 1] - plan[row]);
        action[at + d] = 1 / (1 + exp(-(logit(action[at + d]) + added)));
      }
      if (cell === scenario.cells.length - 1) step++;
    },
  };
}

function logit(share: number): number {
  const value = log(share / (1 - share));
  return Math.max(-LARGEST_LOGIT, Math.min(LARGEST_LOGIT, value));
}
