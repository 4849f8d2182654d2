// Cut a zone into one region per edge server by four methods, and see how far each is from a proven bound.
import {
  buildProblem,
  cityDocument,
  parsePartitionInstance,
  partitionMethods,
  solvePartition,
} from '@metalore/core/partition';

const problem = buildProblem(parsePartitionInstance(cityDocument({ grid: 50 })));
for (const method of partitionMethods) {
  const { objectiveMs, lowerBoundMs, perServer } = solvePartition(problem, { method });
  const gap = objectiveMs / (lowerBoundMs ?? NaN) - 1;
  const areas = perServer.map(({ areaKm2 }) => areaKm2.toFixed(2)).join(' + ');
  console.log(
    `${method}: ${objectiveMs.toFixed(2)} ms, at most ${(100 * gap).toFixed(2)} % above the best; ${areas} km²`,
  );
}

// Prints:
//   snr: 34.49 ms, at most 85.35 % above the best; 1.00 + 1.00 + 1.00 + 1.00 km²
//   paper: 217.25 ms, at most 1067.31 % above the best; 4.00 + 0.00 + 0.00 + 0.00 km²
//   guarded: 19.53 ms, at most 4.92 % above the best; 0.69 + 0.93 + 1.04 + 1.34 km²
//   optimal: 18.63 ms, at most 0.10 % above the best; 0.68 + 0.95 + 1.06 + 1.31 km²
