// A bandwidth scheduler of one's own: the whole band of a cell goes to its device with the best channel that has work.
// Run: metalore simulate --module examples/own-scheduler.mjs --set ues.scheduler=best-channel --episodes 20

/** @type {import('metalore').MetaloreModule} */
export default function ({ submetaverse }) {
  submetaverse.bandwidthSchedulers.register('best-channel', (cells) => ({
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
}

// Prints:
//   paper, fixed:0.3,0.3, 20 episodes, seed 1
//   ┌─────────────────────────────┬───────┬─────────┬─────────┐
//   │ metric                      │  mean │  ± 95 % │     std │
//   ├─────────────────────────────┼───────┼─────────┼─────────┤
//   │ AoSI (steps)                │ 11.29 │   1.098 │   2.346 │
//   │ AoRI (steps)                │ 18.67 │   1.729 │   3.694 │
//   │ served (fraction)           │ 0.372 │ 0.01577 │ 0.03369 │
//   │ reward (per episode)        │  1227 │   96.87 │     207 │
//   │ late requests (per episode) │ 167.6 │   12.94 │   27.65 │
//   └─────────────────────────────┴───────┴─────────┴─────────┘
