// A policy of one's own: what it observes, by name, and the two splits it answers with, registered under a name.
import { parsePolicy, parseScenario, policies, simulate } from '@metalore/core';

policies.register('threshold', ([jobs = 5]) => ({
  name: 'threshold',
  features: ['request-queue-jobs', 'update-queue-jobs'],
  reset() {},
  act(observation, offset, action, at) {
    action[at] = 0.35; // of the bandwidth, to the UEs
    action[at + 1] = observation[offset] > jobs ? 0.6 : 0.3; // of the compute, to requests
  },
}));

for (const name of ['threshold:5', 'threshold:20']) {
  const { episodes } = simulate(parseScenario({}), parsePolicy(name), { seed: 1, episodes: 20 });
  const reward = episodes.reward.reduce((sum, value) => sum + value, 0) / 20;
  console.log(`${name}: reward ${reward.toFixed(0)} an episode`);
}

// Prints:
//   threshold:5: reward 2451 an episode
//   threshold:20: reward 2877 an episode
