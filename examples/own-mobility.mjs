// A mobility model of one's own: UEs walk up and down a street, each at its own height above its southern end.
// Run: metalore simulate --module examples/own-mobility.mjs --set ues.mobility.model=street --episodes 20

/** @type {import('metalore').MetaloreModule} */
export default function ({ random, mobility }) {
  mobility.mobilityModels.register('street', (/** @type {{ speedMps?: number }} */ { speedMps = 1.5 }) => ({
    moves: true,
    reset(field, { seed, episode, kind }) {
      field.x.forEach((_, device) => {
        const stream = new random.RandomStream(seed, `${kind}/street`, episode, device);
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
}

// Prints:
//   paper, fixed:0.3,0.3, 20 episodes, seed 1
//   ┌─────────────────────────────┬────────┬─────────┬─────────┐
//   │ metric                      │   mean │  ± 95 % │     std │
//   ├─────────────────────────────┼────────┼─────────┼─────────┤
//   │ AoSI (steps)                │  7.939 │   0.768 │   1.641 │
//   │ AoRI (steps)                │   9.01 │  0.4438 │  0.9483 │
//   │ served (fraction)           │ 0.8153 │ 0.01042 │ 0.02227 │
//   │ reward (per episode)        │   3264 │     171 │   365.4 │
//   │ late requests (per episode) │  483.6 │   31.98 │   68.34 │
//   └─────────────────────────────┴────────┴─────────┴─────────┘
