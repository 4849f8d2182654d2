import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PointGrid } from './point-grid.js';

const coordinate = fc.oneof(fc.double({ min: -50, max: 250, noNaN: true }), fc.integer({ min: 0, max: 8 }));
const point = fc.tuple(coordinate, coordinate);

it('finds the same nearest point, with ties to the lowest number, as a scan over all', () => {
  fc.assert(
    fc.property(
      fc.array(point, { minLength: 1, maxLength: 300 }),
      fc.array(point, { minLength: 1, maxLength: 20 }),
      (points, queries) => {
        const x = Float64Array.from(points, (p) => p[0]);
        const y = Float64Array.from(points, (p) => p[1]);
        const grid = new PointGrid();
        grid.build(x, y, points.length);
        for (const [qx, qy] of queries) {
          let best = 0;
          const square = (i: number) => (x[i]! - qx) * (x[i]! - qx) + (y[i]! - qy) * (y[i]! - qy);
          for (let i = 1; i < points.length; i++) if (square(i) < square(best)) best = i;
          expect(grid.nearest(qx, qy)).toBe(best);
          const found: number[] = [];
          grid.within(qx, qy, 30, (i) => found.push(i));
          expect(found.sort((a, b) => a - b)).toEqual(
            points.map((_, i) => i).filter((i) => square(i) <= 900),
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});
