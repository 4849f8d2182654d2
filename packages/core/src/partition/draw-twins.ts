import { InvalidInputError } from '../errors/index.js';
import { RandomStream } from '../random/index.js';
import type { DrawnTwins, MixtureComponent, PartitionTwin } from './instance.js';

const MAX_REDRAWS = 10_000;

/**
 * Twins at positions from a Gaussian mixture, types in turn. A position outside the zone is redrawn from the same component,
 * so that the weights are the shares of the twins. Twin k's position depends on
 * the seed and k alone, so the first 50 of 200 twins are those of a draw of 50.
 *
 * @throws InvalidInputError if a position does not fall inside after 10 000 tries
 */
export function drawTwins(
  { count, seed, mixture, types }: DrawnTwins,
  zone: { widthM: number; heightM: number },
  what: string,
): PartitionTwin[] {
  const totalWeight = mixture.reduce((sum, component) => sum + component.weight, 0);
  return Array.from({ length: count }, (_, index) => {
    const stream = new RandomStream(seed, 'partition.twins', 0, index);
    const component = pick(mixture, stream.uniform() * totalWeight);
    for (let attempt = 0; attempt < MAX_REDRAWS; attempt++) {
      const x = component.x + component.stdM * stream.normal();
      const y = component.y + component.stdM * stream.normal();
      if (x >= 0 && x < zone.widthM && y >= 0 && y < zone.heightM) {
        return { x, y, ...types[index % types.length] };
      }
    }
    const message = `twin ${index}: no position inside the zone in ${MAX_REDRAWS} draws`;
    throw new InvalidInputError(what, [{ path: 'twins.mixture', message }]);
  });
}

function pick(mixture: readonly MixtureComponent[], level: number): MixtureComponent {
  for (const component of mixture) {
    if (level < component.weight) return component;
    level -= component.weight;
  }
  return mixture[mixture.length - 1];
}
