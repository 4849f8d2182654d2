// A mobility model of one's own: UEs walk up and down a street, each at its own height above its southern end.
import { parsePolicy, parseScenario, simulate } from '@metalore/core';
import { mobilityModels } from '@metalore/core/mobility';
import { RandomStream } from '@metalore/core/random';

mobilityModels.register('street', (/** @type {{ speedMps?: number }} */ { speedMps = 1.5 }) => ({
  moves: true,
  reset(field, { seed, episode, kind }) {
    field.x.forEach((_, device) => {
      const stream = new RandomStream(seed, `${kind}/street`, episode, device);
      field.x[device] = field.widthM / 2;
      field.y[device] = stream.uniform() * field.heightM;
    });
  },
  move(field, step, active) {
    const up = Math.floor((step * speedMps) / field.heightM) % 2 === 0;
    for (let device = 0; device < active; device++) {
      const to = field.y[device] + (up ? speedMps : -speedMps);
      field.y[device] = Math.min(field.heightM, Math.max(0, to));
    }
  },
}));

for (const mobility of [{ model: 'random-waypoint', speedMps: 1.5 }, { model: 'street' }]) {
  const scenario = parseScenario({ ues: { mobility } });
  const { episodes } = simulate(scenario, parsePolicy('fixed:0.3,0.3'), { seed: 1, episodes: 20 });
  const aori = episodes.aori.reduce((sum, value) => sum + value, 0) / 20;
  console.log(`${mobility.model}: AoRI ${aori.toFixed(2)} steps`);
}

// Prints:
//   random-waypoint: AoRI 9.88 steps
//   street: AoRI 9.01 steps
