// Train a policy in code as `metalore train paper --eta 0.5` does, then play it on episodes it never saw.
// Given 768000 steps (`node examples/train.mjs 768000`, half a minute) it is that command's policy.
import { parseScenario } from '@metalore/core';
import {
  CRITIC_FEATURES,
  evaluate,
  prepareTraining,
  SUBMETAVERSE_PPO,
  summarize,
  VALIDATION,
} from 'metalore';

const totalTimesteps = Number(process.argv[2] ?? 64_000);
const { training, best } = prepareTraining({
  scenario: { reward: { eta: 0.5 } },
  algorithm: 'ppo',
  options: { ...SUBMETAVERSE_PPO, totalTimesteps },
  criticFeatures: CRITIC_FEATURES,
  seed: 1,
  warmStart: { grid: [0.1, 0.2, 0.3, 0.4, 0.5, 0.7], episodes: 5 },
  validation: VALIDATION,
});
training.run();

if (best.best === null) throw new Error('no iteration was made');
const { reward, aosi } = evaluate(parseScenario({ reward: { eta: 0.5 } }), best.best.policy, 1, 100);
console.log(
  `${totalTimesteps} steps: reward ${summarize(reward).mean.toFixed(0)} an episode, AoSI ${summarize(aosi).mean.toFixed(1)} steps`,
);

// Prints:
//   64000 steps: reward 1120 an episode, AoSI 4.8 steps
