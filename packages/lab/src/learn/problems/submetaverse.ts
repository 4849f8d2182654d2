import { InvalidInputError } from '@metalore/core/errors';
import { parseScenario } from '@metalore/core/scenario';
import type { Scenario } from '@metalore/core/scenario';
import { SubMetaverseVectorEnvironment, simulate, type Traces } from '@metalore/core/submetaverse';
import { fixed } from '@metalore/core/policy';
import { learnedPolicy } from '@metalore/learn/policy-file';
import { meanOf, trainingSeed } from '@metalore/learn/training';
import { readTraces, type Recorded } from '../../submetaverse/traces.js';
import { METRIC_TITLES } from '../../submetaverse/metrics.js';
import type { LearningProblem } from './problem.js';

/**
 * Splits of bandwidth and compute (paper 000). With several cells, one policy is shared that acts on each cell's own
 * observation and reward.
 *
 * @throws InvalidInputError a scenario that is not valid
 */
export function submetaverseProblem(document: unknown, recorded?: Recorded): LearningProblem {
  const scenario = parseScenario(document);
  const traces = recorded === undefined ? {} : readTraces(scenario, recorded.folder);
  const rows = scenario.cells.length > 1 ? 'cells' : 'joint';
  return {
    kind: 'submetaverse',
    name: scenario.name,
    document: scenario,
    features: scenario.observation,
    metrics: METRIC_TITLES,
    createEnvironment: (numEnvs, criticFeatures = []) =>
      new SubMetaverseVectorEnvironment(scenario, { numEnvs, criticFeatures, rows, traces }),
    evaluate(policy, seed, episodes, mode) {
      if (typeof mode === 'number') {
        const message = `${mode}: a sub-metaverse is shown the mode or draws of a policy`;
        throw new InvalidInputError('policy', [{ path: 'best-of', message }]);
      }
      return { ...simulate(scenario, learnedPolicy(policy, mode), { seed, episodes, traces }).episodes };
    },
    bestFixed: (grid, episodes, seed) => bestSplit(scenario, traces, grid, episodes, seed),
  };
}

/** The fixed split of the grid with the highest mean reward over the first episodes that a training would play. */
function bestSplit(
  scenario: Scenario,
  traces: Traces,
  grid: readonly number[],
  episodes: number,
  seed: number,
): number[] {
  let best = [0.5, 0.5];
  let highest = -Infinity;
  for (const rhoC of grid) {
    for (const rhoP of grid) {
      const run = simulate(scenario, fixed(rhoC, rhoP), { seed: trainingSeed(seed), episodes, traces });
      const mean = meanOf(run.episodes.reward);
      if (mean > highest) [highest, best] = [mean, [rhoC, rhoP]];
    }
  }
  return best;
}
