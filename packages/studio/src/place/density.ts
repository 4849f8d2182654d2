import type { PartitionInstance, SensingDensity } from '@metalore/core/partition';

/** Side of the grid that is painted on. */
export const PAINT = 50;

/** A density on a grid, `[PAINT][PAINT]`, row 0 at y = 0, its largest value 1. */
export function gridOf({ density, zone }: Pick<PartitionInstance, 'density' | 'zone'>): number[][] {
  const at = (value: number, extent: number) => ((value + 0.5) * extent) / PAINT;
  const values = Array.from({ length: PAINT }, (_, row) =>
    Array.from({ length: PAINT }, (_, column) =>
      valueAt(density, at(column, zone.widthM), at(row, zone.heightM), zone),
    ),
  );
  const most = Math.max(...values.flat());
  return values.map((row) => row.map((value) => (most > 0 ? value / most : 1)));
}

function valueAt(density: SensingDensity, x: number, y: number, zone: PartitionInstance['zone']): number {
  switch (density.model) {
    case 'uniform':
      return 1;
    case 'gaussian':
      return bell(x - density.x, y - density.y, density.stdM);
    case 'mixture':
      return density.components.reduce(
        (sum, { weight, x: meanX, y: meanY, stdM }) =>
          sum + (weight * bell(x - meanX, y - meanY, stdM)) / stdM ** 2,
        0,
      );
    case 'grid': {
      const { values } = density;
      const row = values[Math.min(values.length - 1, Math.floor((y / zone.heightM) * values.length))];
      return row[Math.min(row.length - 1, Math.floor((x / zone.widthM) * row.length))];
    }
  }
}

function bell(dx: number, dy: number, stdM: number): number {
  return Math.exp(-(dx * dx + dy * dy) / (2 * stdM * stdM));
}

/** Width of the brush, cells. */
const BRUSH = 3;

/** Adds density around a place, or takes it away. @param x and @param y as shares of the zone */
export function paint(
  values: readonly (readonly number[])[],
  x: number,
  y: number,
  amount: number,
): number[][] {
  return values.map((line, row) =>
    line.map((value, column) => {
      const near = bell(column + 0.5 - x * PAINT, row + 0.5 - y * PAINT, BRUSH);
      // A little is left everywhere: a density without any mass has no partition.
      return Math.max(1e-4, value + amount * near);
    }),
  );
}
