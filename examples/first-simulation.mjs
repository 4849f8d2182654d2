// Three policies on the paper's cell: how old the sensor data is, how long a request takes, how many are served.
import { parsePolicy, parseScenario, simulate } from '@metalore/core';

/** @param {Float64Array} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

const scenario = parseScenario({}); // every field has the paper's value
for (const name of ['fixed:0.3,0.3', 'fixed:0.4,0.4', 'queue-proportional']) {
  const { episodes } = simulate(scenario, parsePolicy(name), { seed: 1, episodes: 20 });
  const [aosi, aori, served] = [mean(episodes.aosi), mean(episodes.aori), mean(episodes.served)];
  console.log(
    `${name}: AoSI ${aosi.toFixed(1)} steps, AoRI ${aori.toFixed(1)} steps, served ${(100 * served).toFixed(1)} %`,
  );
}

// Prints:
//   fixed:0.3,0.3: AoSI 6.9 steps, AoRI 9.9 steps, served 82.5 %
//   fixed:0.4,0.4: AoSI 18.0 steps, AoRI 2.1 steps, served 97.3 %
//   queue-proportional: AoSI 5.7 steps, AoRI 15.5 steps, served 70.4 %
