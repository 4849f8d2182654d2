// A reward of one's own: a request counts only if it was served in time, with sensor data that is fresh enough.
import { parsePolicy, parseScenario, simulate } from '@metalore/core';
import { rewardModels } from '@metalore/core/submetaverse';

rewardModels.register('in-time-and-fresh', ({ baseReward, latePenalty, lateThresholdSteps }) => ({
  synchronisation: (aosi) => (aosi <= 4 ? baseReward : 0),
  penalty: (aori) => (aori > lateThresholdSteps ? latePenalty : 0),
  late: (aori) => aori > lateThresholdSteps,
}));

const scenario = parseScenario({
  reward: { model: 'in-time-and-fresh', baseReward: 1, latePenalty: -1, lateThresholdSteps: 10 },
});
for (const policy of ['fixed:0.2,0.3', 'fixed:0.3,0.3', 'fixed:0.4,0.4']) {
  const { episodes } = simulate(scenario, parsePolicy(policy), { seed: 1, episodes: 20 });
  const reward = episodes.reward.reduce((sum, value) => sum + value, 0) / 20;
  console.log(`${policy}: ${reward.toFixed(0)} an episode`);
}

// Prints:
//   fixed:0.2,0.3: -120 an episode
//   fixed:0.3,0.3: 72 an episode
//   fixed:0.4,0.4: 102 an episode
