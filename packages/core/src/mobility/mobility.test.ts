import { describe, expect, it } from 'vitest';
import { RandomWaypoint, StaticPlacement, type Field } from './mobility.js';
import { TraceMobility } from './trace.js';

const field = (devices: number): Field => ({
  widthM: 200,
  heightM: 100,
  x: new Float64Array(devices),
  y: new Float64Array(devices),
});
const seed = { seed: 1, episode: 0, kind: 'ue' };

describe('random waypoint', () => {
  it('stays inside, and walks its speed in a straight line between waypoints', () => {
    const place = field(20);
    const mobility = new RandomWaypoint(3);
    mobility.reset(place, seed);
    let arrivals = 0;
    for (let step = 1; step < 500; step++) {
      const before = { x: place.x.slice(), y: place.y.slice() };
      mobility.move(place, step, 20);
      for (let device = 0; device < 20; device++) {
        expect(place.x[device]).toBeGreaterThanOrEqual(0);
        expect(place.x[device]).toBeLessThanOrEqual(200);
        expect(place.y[device]).toBeLessThanOrEqual(100);
        const moved = Math.hypot(place.x[device] - before.x[device], place.y[device] - before.y[device]);
        expect(moved).toBeLessThanOrEqual(3 + 1e-9);
        if (moved < 3 - 1e-9) arrivals++;
      }
    }
    // 20 devices · 499 steps · 3 m over a mean way of 80-90 m.
    expect(arrivals).toBeGreaterThan(200);
    expect(arrivals).toBeLessThan(500);
  });

  it('stands still at speed 0, and takes a new speed over on the way', () => {
    const place = field(1);
    const slow = new RandomWaypoint(0);
    slow.reset(place, seed);
    const start = [place.x[0], place.y[0]] as const;
    for (let step = 1; step < 50; step++) slow.move(place, step, 1);
    expect([place.x[0], place.y[0]]).toEqual(start);
    const restored = new RandomWaypoint(0);
    restored.restore(JSON.parse(JSON.stringify(slow.snapshot())));
    const fast = new RandomWaypoint(5);
    fast.takeOver(restored, place, seed);
    fast.move(place, 50, 1);
    expect(Math.hypot(place.x[0] - start[0], place.y[0] - start[1])).toBeCloseTo(5, 9);
  });
});

it('static devices are spread uniformly, or stand where they were told to', () => {
  const many = field(4000);
  new StaticPlacement().reset(many, seed);
  expect(many.x.filter((x) => x < 50).length).toBeGreaterThan(900);
  expect(many.x.filter((x) => x < 50).length).toBeLessThan(1100);
  const told = field(2);
  new StaticPlacement([
    { xM: 3, yM: 4 },
    { xM: 5, yM: 6 },
  ]).reset(told, seed);
  expect([...told.x, ...told.y]).toEqual([3, 5, 4, 6]);
});

it('a trace gives the last known position, before the first one the first, and names devices without any', () => {
  const trace = new TraceMobility(
    { step: [4, 2, 0], device: [0, 0, 1], xM: [40, 20, 7], yM: [1, 2, 3] },
    2,
    'ue',
  );
  const place = field(2);
  trace.reset(place);
  const path = [place.x[0]];
  for (let step = 1; step < 7; step++) {
    trace.move(place, step);
    path.push(place.x[0]);
  }
  expect(path).toEqual([20, 20, 20, 20, 40, 40, 40]);
  expect(place.x[1]).toBe(7);
  expect(() => new TraceMobility({ step: [0], device: [0], xM: [0], yM: [0] }, 3, 'ue')).toThrow(
    /ue-1, ue-2/,
  );
});
