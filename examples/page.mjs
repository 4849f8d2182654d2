// Runs in a browser: three inputs, 20 episodes of the paper's cell for what they say, the same numbers as in Node.
import { parsePolicy, parseScenario, simulate } from '@metalore/core';

/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
/** @param {Float64Array} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function show() {
  const discipline = input('freshest').checked ? 'freshest' : 'fifo';
  const policy = parsePolicy(`fixed:${input('bandwidth').value},${input('compute').value}`);
  const start = performance.now();
  const { episodes } = simulate(parseScenario({ sensors: { discipline } }), policy, {
    seed: 1,
    episodes: 20,
  });
  const ms = (performance.now() - start).toFixed(0);
  input('ages').textContent =
    `${policy.name}, ${discipline}: AoSI ${mean(episodes.aosi).toFixed(2)} steps, ` +
    `AoRI ${mean(episodes.aori).toFixed(2)} steps, served ${(100 * mean(episodes.served)).toFixed(1)} % (${ms} ms)`;
}

for (const id of ['bandwidth', 'compute', 'freshest']) input(id).addEventListener('input', show);
show();
