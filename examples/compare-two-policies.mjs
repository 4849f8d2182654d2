// Is one policy better than another? Both on the same episodes, and the interval of the difference, not of each.
import { parsePolicy, parseScenario, simulate } from '@metalore/core';
import { summarize } from 'metalore';

const scenario = parseScenario({ sensors: { discipline: 'freshest' } });
/** @param {string} policy */
const rewards = (policy) =>
  simulate(scenario, parsePolicy(policy), { seed: 1, episodes: 50 }).episodes.reward;

const fixed = rewards('fixed:0.4,0.4');
const rule = rewards('queue-proportional');
const { mean, ci95 } = summarize(rule.map((reward, episode) => reward - fixed[episode]));
console.log(
  `queue-proportional less fixed:0.4,0.4: ${mean.toFixed(0)} ± ${ci95.toFixed(0)} reward an episode`,
);

// Prints:
//   queue-proportional less fixed:0.4,0.4: 111 ± 30 reward an episode
