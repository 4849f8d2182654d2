// A reward of one's own: a request counts only if it was served in time, with sensor data that is fresh enough.
// Run: metalore simulate --module examples/own-reward.mjs --set reward.model=in-time-and-fresh --set reward.baseReward=1 --set reward.latePenalty=-1 --set reward.lateThresholdSteps=10 --episodes 20

/** @type {import('metalore').MetaloreModule} */
export default function ({ submetaverse }) {
  submetaverse.rewardModels.register(
    'in-time-and-fresh',
    ({ baseReward, latePenalty, lateThresholdSteps }) => ({
      synchronisation: (aosi) => (aosi <= 4 ? baseReward : 0),
      penalty: (aori) => (aori > lateThresholdSteps ? latePenalty : 0),
      late: (aori) => aori > lateThresholdSteps,
    }),
  );
}

// Prints:
//   paper, fixed:0.3,0.3, 20 episodes, seed 1
//   ┌─────────────────────────────┬────────┬──────────┬─────────┐
//   │ metric                      │   mean │   ± 95 % │     std │
//   ├─────────────────────────────┼────────┼──────────┼─────────┤
//   │ AoSI (steps)                │  6.896 │   0.4476 │  0.9564 │
//   │ AoRI (steps)                │  9.883 │   0.4287 │  0.9159 │
//   │ served (fraction)           │ 0.8245 │ 0.009789 │ 0.02092 │
//   │ reward (per episode)        │  72.35 │    20.19 │   43.15 │
//   │ late requests (per episode) │  213.9 │    12.86 │   27.48 │
//   └─────────────────────────────┴────────┴──────────┴─────────┘
