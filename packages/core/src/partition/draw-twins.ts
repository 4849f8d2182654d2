import { InvalidInputError } from '../errors/index.js';
import { RandomStream } from '../random/index.js';

const MAX_REDRAWS = 10_000;

interface Component {
  readonly weight: number;
  readonly x: number;
  readonly y: number;
  readonly stdM: number;
}

/** How twins are drawn: where, and what they are like in turn. */
interface TwinLaw<Type> {
  readonly count: number;
  readonly seed: number;
  readonly mixture: readonly Component[];
  readonly types: readonly Type[];
}

/**
 * Twins at positions from a Gaussian mixture, types in turn. A position outside the zone is redrawn from the same component,
 * so that the weights are the shares of the twins. Twin k's position depends on
 * the seed and k alone, so the first 50 of 200 twins are those of a draw of 50.
 *
 * @throws InvalidInputError if a position does not fall inside after 10 000 tries
 */
export function drawTwins<Type extends object>(
  { count, seed, mixture, types }: TwinLaw<Type>,
  zone: { widthM: number; heightM: number },
  what: string,
): (Type & { x: number; y: number })[] {
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

function pick(mixture: readonly Component[], level: number): Component {
  for (const component of mixture) {
    if (level < component.weight) return component;
    level -= component.weight;
  }
  return mixture[mixture.length - 1];
}
