import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixed } from '../policy/index.js';
import { parseScenario } from './scenario/index.js';
import { simulate } from './run.js';
import { simpleRun, type SimpleRequest } from '../../../../bench/baseline/simple-simulator.js';

const STEPS = 40;
const UES = 4;
const SENSORS = 6;

const coordinate = fc.double({ min: 0, max: 200, noNaN: true });
const size = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.5, max: 150, noNaN: true }));
const arrival = fc.record({
  step: fc.integer({ min: 0, max: STEPS - 1 }),
  device: fc.integer({ min: 0, max: UES + SENSORS - 1 }),
  sizeMbit: size,
  loadUnits: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0.5, max: 20, noNaN: true })),
});
const tenths = fc.integer({ min: 1, max: 9 }).map((n) => n / 10);
const trace = fc.record({
  start: fc.array(fc.tuple(coordinate, coordinate), { minLength: UES + SENSORS, maxLength: UES + SENSORS }),
  moves: fc.array(
    fc.record({
      step: fc.integer({ min: 1, max: STEPS - 1 }),
      device: fc.integer({ min: 0, max: UES - 1 }),
      x: coordinate,
      y: coordinate,
    }),
    { maxLength: 60 },
  ),
  arrivals: fc.array(arrival, { minLength: 200, maxLength: 400 }),
  rhoC: fc.oneof(tenths, fc.double({ min: 0, max: 1, noNaN: true })),
  rhoP: fc.oneof(tenths, fc.double({ min: 0, max: 1, noNaN: true })),
  freshest: fc.boolean(),
});

describe('replay of recorded positions and arrivals', () => {
  it('gives the requests table of an independent program, exactly', () => {
    let compared = 0;
    fc.assert(
      fc.property(trace, ({ start, moves, arrivals, rhoC, rhoP, freshest }) => {
        // One position per device and step; the last of several counts, as in a file.
        const places = Array.from({ length: STEPS }, () => start.slice());
        const given = Array.from({ length: STEPS }, () => new Map<number, [number, number]>());
        for (const { step, device, x, y } of moves) given[step].set(device, [x, y]);
        for (let step = 1; step < STEPS; step++) {
          places[step] = places[step - 1].map((place, device) => given[step].get(device) ?? place);
        }
        const jobs = new Map<string, [number, number][]>();
        for (const { step, device, sizeMbit, loadUnits } of arrivals) {
          const key = `${step}/${device}`;
          jobs.set(key, [...(jobs.get(key) ?? []), [sizeMbit, loadUnits]]);
        }
        const of = (step: number, device: number) => jobs.get(`${step}/${device}`) ?? [];
        const expected = simpleRun({
          steps: STEPS,
          rhoC,
          rhoP,
          freshest,
          ues: UES,
          sensors: SENSORS,
          uePositions: (step, ue) => places[step][ue],
          sensorPositions: (_step, sensor) => start[UES + sensor],
          ueArrivals: of,
          sensorArrivals: (step, sensor) => of(step, UES + sensor),
        });

        const scenario = parseScenario({
          episodeSteps: STEPS,
          ues: {
            count: UES,
            mobility: { model: 'trace', file: 'p' },
            arrivals: { model: 'trace', file: 'a' },
          },
          sensors: {
            count: SENSORS,
            discipline: freshest ? 'freshest' : 'fifo',
            mobility: { model: 'trace', file: 'p' },
            arrivals: { model: 'trace', file: 'a' },
          },
        });
        const rows = [...start.map(([x, y], device) => ({ step: 0, device, x, y })), ...moves];
        const kind = (sensors: boolean) => {
          const mine = <T extends { device: number }>(row: T) => row.device >= UES === sensors;
          const number = (row: { device: number }) => row.device - (sensors ? UES : 0);
          const positions = rows.filter(mine);
          const created = arrivals.filter(mine);
          return {
            positions: {
              step: positions.map((row) => row.step),
              device: positions.map(number),
              xM: positions.map((row) => row.x),
              yM: positions.map((row) => row.y),
            },
            arrivals: {
              step: created.map((row) => row.step),
              device: created.map(number),
              sizeMbit: created.map((row) => row.sizeMbit),
              loadUnits: created.map((row) => row.loadUnits),
            },
          };
        };
        const { requests, episodes } = simulate(scenario, fixed(rhoC, rhoP), {
          traces: { ue: kind(false), sensor: kind(true) },
          recordRequests: true,
        });
        const ours = Array.from(requests!.device, (_, row) =>
          Object.fromEntries(
            Object.keys(expected.requests[0] ?? {}).map((name) => [name, requests![name as 'device'][row]]),
          ),
        );
        expect(ours).toEqual(expected.requests satisfies SimpleRequest[]);
        expect(episodes.reward[0]).toBeCloseTo(expected.reward, 8);
        compared += ours.length;
      }),
      { numRuns: 60, seed: 7 },
    );
    expect(compared).toBeGreaterThan(1000);
  });
});
