// A bandwidth scheduler of one's own: the whole band of a cell goes to its device with the best channel that has work.
import { parsePolicy, parseScenario, simulate } from '@metalore/core';
import { bandwidthSchedulers } from '@metalore/core/submetaverse';

bandwidthSchedulers.register('best-channel', (cells) => ({
  share({ active, cell, efficiency, backlogMbit, rate }, bandwidthMhz) {
    rate.fill(0);
    const best = new Int32Array(cells).fill(-1);
    for (let device = 0; device < active; device++) {
      const c = cell[device];
      if (c < 0 || backlogMbit[device] === 0) continue; // without service, or nothing to send
      if (best[c] < 0 || efficiency[device] > efficiency[best[c]]) best[c] = device;
    }
    best.forEach((device, c) => {
      if (device >= 0) rate[device] = bandwidthMhz[c] * efficiency[device]; // Mbit in this step
    });
  },
}));

for (const scheduler of ['equal-bandwidth', 'best-channel']) {
  const scenario = parseScenario({ ues: { scheduler } });
  const { episodes } = simulate(scenario, parsePolicy('fixed:0.3,0.3'), { seed: 1, episodes: 20 });
  const aori = episodes.aori.reduce((sum, value) => sum + value, 0) / 20;
  console.log(`${scheduler}: AoRI ${aori.toFixed(2)} steps`);
}

// Prints:
//   equal-bandwidth: AoRI 9.88 steps
//   best-channel: AoRI 18.67 steps
