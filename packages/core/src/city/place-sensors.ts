import type { PartitionProblem } from '../partition/index.js';
import { RandomStream } from '../random/index.js';

/**
 * Positions of sensors after the density of an instance: one in each of `count` equal shares of the mass, taken along the
 * rows of the grid to and fro, and anywhere within its place. A region then holds its share of the sensors but for those at
 * its border, where independent draws would miss it by 1/√count.
 */
export function placeSensors(
  { mass, columns, rows, cellWidthM, cellLengthM }: PartitionProblem,
  count: number,
  seed: number,
): { xM: number; yM: number }[] {
  const random = new RandomStream(seed, 'city.sensors');
  const places: { xM: number; yM: number }[] = [];
  let passed = 0;
  const offset = random.uniform();
  for (let row = 0; row < rows; row++) {
    for (let along = 0; along < columns; along++) {
      const column = row % 2 === 0 ? along : columns - 1 - along;
      passed += mass[row * columns + column] * count;
      while (places.length < count && places.length + offset < passed) {
        places.push({
          xM: (column + random.uniform()) * cellWidthM,
          yM: (row + random.uniform()) * cellLengthM,
        });
      }
    }
  }
  // what rounding of the sums leaves over
  while (places.length < count) places.push({ ...(places.at(-1) ?? { xM: 0, yM: 0 }) });
  return places;
}
