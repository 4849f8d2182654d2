// Ages from a recording: who was where, and who sent what, step by step; every request of it with its two ages.
import { parsePolicy, parseScenario, simulate } from '@metalore/core';
import { TraceMobility } from '@metalore/core/mobility';
import { TraceTraffic } from '@metalore/core/traffic';

const walk = { device: [0, 0, 0], step: [0, 5, 10], xM: [20, 60, 100], yM: [100, 100, 100] };
const requested = { device: [0, 0, 0], step: [3, 4, 12], sizeMbit: [40, 1500, 40], loadUnits: [20, 90, 20] };
const pole = { device: [0], step: [0], xM: [100], yM: [100] };
const updated = { device: [0, 0, 0], step: [0, 1, 8], sizeMbit: [60, 900, 60], loadUnits: [30, 60, 30] };

const { requests } = simulate(
  parseScenario({ episodeSteps: 20, ues: { count: 1 }, sensors: { count: 1 } }),
  parsePolicy('fixed:0.5,0.5'),
  {
    models: {
      ue: { mobility: new TraceMobility(walk, 1, 'ue'), traffic: new TraceTraffic(requested, 1) },
      sensor: { mobility: new TraceMobility(pole, 1, 'sensor'), traffic: new TraceTraffic(updated, 1) },
    },
    recordRequests: true,
  },
);
requests?.created.forEach((created, row) => {
  console.log(
    `request of step ${created}: AoRI ${requests.aori[row]} steps, AoSI ${requests.aosi[row]} steps`,
  );
});

// Prints:
//   request of step 3: AoRI 0 steps, AoSI 2 steps
//   request of step 4: AoRI 3 steps, AoSI 3 steps
//   request of step 12: AoRI 0 steps, AoSI 4 steps
