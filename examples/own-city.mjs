// A city of one's own: three servers, people around the station, cut two ways, and each partition run with moving users.
import { parsePolicy, parseScenario } from '@metalore/core';
import { cityScenario, runCity } from '@metalore/core/city';
import { buildProblem, cityDocument, parsePartitionInstance, solvePartition } from '@metalore/core/partition';

const city = cityDocument({ twins: 40, grid: 40 });
const station = { x: 1200, y: 900, stdM: 400 };
const problem = buildProblem(
  parsePartitionInstance({
    ...city,
    name: 'by-the-station',
    servers: [
      { x: 400, y: 500, heightM: 25, computeHz: 10e9, bandwidthHz: 12e6 },
      { x: 1600, y: 600, heightM: 25, computeHz: 10e9, bandwidthHz: 12e6 },
      { x: 1000, y: 1600, heightM: 25, computeHz: 16e9, bandwidthHz: 20e6 },
    ],
    density: { model: 'gaussian', ...station },
    twins: { ...city.twins, mixture: [{ weight: 1, ...station }] },
  }),
);
for (const method of /** @type {const} */ (['snr', 'guarded'])) {
  const partition = solvePartition(problem, { method, lowerBound: false });
  const { scenario } = cityScenario(problem, partition, { sensors: 60, episodeSteps: 300 });
  const { episodes } = runCity(parseScenario(scenario), parsePolicy('queue-proportional'), {
    seed: 1,
    episodes: 1,
  });
  const twins = partition.perServer.map((server) => server.twins).join(', ');
  console.log(`${method}: J ${partition.objectiveMs.toFixed(1)} ms, twins ${twins}`);
  for (const { aosi, lateShare, busiest } of episodes) {
    const late = `${(100 * lateShare).toFixed(1)} % late`;
    console.log(
      `  AoSI ${aosi.toFixed(2)} steps, ${late}, busiest server at ${(100 * busiest).toFixed(0)} % of its compute`,
    );
  }
}

// Prints:
//   snr: J 36.0 ms, twins 6, 23, 11
//     AoSI 5.40 steps, 0.0 % late, busiest server at 24 % of its compute
//   guarded: J 30.6 ms, twins 7, 16, 17
//     AoSI 5.44 steps, 0.0 % late, busiest server at 17 % of its compute
