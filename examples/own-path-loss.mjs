// A path-loss model of one's own: free space up to a break point, twice the slope beyond it.
import { parsePolicy, parseScenario, simulate } from '@metalore/core';
import { pathLossModels } from '@metalore/core/radio';

pathLossModels.register('two-slope', ({ breakM = 80 }) => ({
  random: false,
  prepare: ({ frequencyHz }) => {
    const atOneMetreDb = 20 * Math.log10((4 * Math.PI * frequencyHz) / 299_792_458);
    return (metres) =>
      atOneMetreDb + 20 * Math.log10(metres) + 20 * Math.max(0, Math.log10(metres / Number(breakM)));
  },
}));

for (const pathLoss of [{ model: 'free-space' }, { model: 'two-slope' }, { model: 'two-slope', breakM: 5 }]) {
  const scenario = parseScenario({ radio: { pathLoss } });
  const { episodes } = simulate(scenario, parsePolicy('fixed:0.3,0.3'), { seed: 1, episodes: 20 });
  const aori = episodes.aori.reduce((sum, value) => sum + value, 0) / 20;
  console.log(`${JSON.stringify(pathLoss)}: AoRI ${aori.toFixed(2)} steps`);
}

// Prints:
//   {"model":"free-space"}: AoRI 9.42 steps
//   {"model":"two-slope"}: AoRI 9.35 steps
//   {"model":"two-slope","breakM":5}: AoRI 10.81 steps
