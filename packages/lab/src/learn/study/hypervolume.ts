/** What a policy achieves: two ages to be small, a share to be large. */
export interface Achieved {
  readonly aosi: number;
  readonly aori: number;
  readonly served: number;
}

/**
 * Share of the box between the ideal (no age, everything served) and `reference` that some point dominates: the hypervolume
 * indicator (Zitzler & Thiele 1999), by slices along the served share.
 */
export function hypervolume(points: readonly Achieved[], reference: Achieved): number {
  const inside = points
    .filter(
      ({ aosi, aori, served }) => aosi < reference.aosi && aori < reference.aori && served > reference.served,
    )
    .sort((a, b) => b.served - a.served);
  let volume = 0;
  for (let count = 1; count <= inside.length; count++) {
    const below = inside[count]?.served ?? reference.served;
    const height = Math.min(1, inside[count - 1].served) - Math.min(1, below);
    if (height > 0) volume += height * dominatedArea(inside.slice(0, count), reference);
  }
  return volume / (reference.aosi * reference.aori * (1 - reference.served));
}

/** Area of the plane of the two ages that some point dominates. */
function dominatedArea(points: readonly Achieved[], reference: Achieved): number {
  let area = 0;
  let lowest = reference.aori;
  for (const { aosi, aori } of [...points].sort((a, b) => a.aosi - b.aosi)) {
    if (aori >= lowest) continue;
    area += (reference.aosi - aosi) * (lowest - aori);
    lowest = aori;
  }
  return area;
}
