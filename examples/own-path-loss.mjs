// A path-loss model of one's own: free space up to a break point, twice the slope beyond it.
// Run: metalore simulate --module examples/own-path-loss.mjs --set radio.pathLoss.model=two-slope --set radio.pathLoss.breakM=5 --episodes 20

/** @type {import('metalore').MetaloreModule} */
export default function ({ radio }) {
  radio.pathLossModels.register('two-slope', ({ breakM = 80 }) => ({
    random: false,
    prepare: ({ frequencyHz }) => {
      const atOneMetreDb = 20 * Math.log10((4 * Math.PI * frequencyHz) / 299_792_458);
      return (metres) =>
        atOneMetreDb + 20 * Math.log10(metres) + 20 * Math.max(0, Math.log10(metres / Number(breakM)));
    },
  }));
}

// Prints:
//   paper, fixed:0.3,0.3, 20 episodes, seed 1
//   ┌─────────────────────────────┬────────┬──────────┬─────────┐
//   │ metric                      │   mean │   ± 95 % │     std │
//   ├─────────────────────────────┼────────┼──────────┼─────────┤
//   │ AoSI (steps)                │  7.669 │   0.4159 │  0.8886 │
//   │ AoRI (steps)                │  10.81 │   0.5256 │   1.123 │
//   │ served (fraction)           │ 0.8074 │ 0.009515 │ 0.02033 │
//   │ reward (per episode)        │   3203 │    103.5 │   221.2 │
//   │ late requests (per episode) │  496.5 │    17.29 │   36.93 │
//   └─────────────────────────────┴────────┴──────────┴─────────┘
