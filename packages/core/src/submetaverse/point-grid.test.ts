import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NearestTracker } from './nearest-tracker.js';
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
          const square = (i: number) => (x[i] - qx) * (x[i] - qx) + (y[i] - qy) * (y[i] - qy);
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

it('tracks moving devices as repeated searches would', () => {
  fc.assert(
    fc.property(
      fc.array(point, { minLength: 1, maxLength: 60 }),
      fc.array(
        fc.tuple(fc.double({ min: -6, max: 6, noNaN: true }), fc.double({ min: -6, max: 6, noNaN: true })),
        {
          minLength: 1,
          maxLength: 40,
        },
      ),
      (points, moves) => {
        const grid = new PointGrid();
        grid.build(
          Float64Array.from(points, (p) => p[0]),
          Float64Array.from(points, (p) => p[1]),
          points.length,
        );
        const field = { widthM: 200, heightM: 200, x: Float64Array.of(100), y: Float64Array.of(100) };
        const tracker = new NearestTracker(grid, field);
        for (const [dx, dy] of moves) {
          field.x[0] += dx;
          field.y[0] += dy;
          expect(tracker.nearest(0)).toBe(grid.nearest(field.x[0], field.y[0]));
        }
      },
    ),
    { numRuns: 500 },
  );
});
