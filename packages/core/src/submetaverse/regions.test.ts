import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../errors/index.js';
import { decodeLabelRuns, encodeLabelRuns, parseScenario, scenarioProblems } from './scenario/index.js';
import { Counter } from './metrics.js';
import { Regions } from './regions.js';
import { Simulator } from './simulator.js';

const CELLS = [
  { xM: 50, yM: 60 },
  { xM: 150, yM: 60 },
  { xM: 100, yM: 160 },
];
const scenario = (association: object, more: object = {}) =>
  parseScenario({
    cells: CELLS,
    ues: { count: 12, mobility: { model: 'random-waypoint', speedMps: 25 } },
    ...more,
    association: { model: 'regions', file: 'labels.npy', ...association },
  });
/** Everything that a run of some steps leaves. */
function traceOf(simulator: Simulator, steps = 60): unknown {
  simulator.reset(3, 1);
  const cells: number[][] = [];
  for (let step = 0; step < steps; step++) {
    simulator.advance(Array.from({ length: 2 * simulator.cells }, () => 0.4));
    cells.push([...simulator.ues.chosenCell, ...simulator.sensors.chosenCell]);
  }
  return { cells, metrics: [...simulator.metrics.values], rewards: [...simulator.rewards] };
}

describe('association by regions', () => {
  it('gives each device the cell of its place, and counts who crosses a border', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.infiniteStream(fc.nat(2)),
        (columns, rows, stream) => {
          const labels = Array.from({ length: columns * rows }, () => stream.next().value as number);
          const simulator = new Simulator(scenario({}), { traces: { regions: { columns, rows, labels } } });
          simulator.reset(1, 0);
          let handovers = 0;
          let before: number[] = [];
          for (let step = 0; step < 20; step++) {
            const { x, y } = simulator.ues.field;
            const expected = Array.from(x, (xM, ue) => {
              // the place whose borders enclose the device, by looking at all of them
              for (let row = 0; row < rows; row++) {
                for (let column = 0; column < columns; column++) {
                  const inX =
                    xM >= (200 * column) / columns &&
                    (xM < (200 * (column + 1)) / columns || column === columns - 1);
                  const inY =
                    y[ue] >= (200 * row) / rows && (y[ue] < (200 * (row + 1)) / rows || row === rows - 1);
                  if (inX && inY) return labels[row * columns + column];
                }
              }
              throw new Error('outside');
            });
            simulator.advance([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
            expect([...simulator.ues.chosenCell]).toEqual(expected);
            handovers += before.filter((cell, ue) => cell !== expected[ue]).length;
            before = expected;
          }
          const { values } = simulator.metrics;
          const counted = CELLS.reduce(
            (sum, _, cell) => sum + values[cell * Counter.Stride + Counter.handovers],
            0,
          );
          expect(counted).toBe(handovers);
        },
      ),
      { numRuns: 30, seed: 4 },
    );
  });

  it('is to the byte what the same cells chosen by hand are', () => {
    const regions = { columns: 2, rows: 2, labels: [0, 1, 2, 2] };
    const byRegions = new Simulator(scenario({}), { traces: { regions } });
    const byHand = new Simulator(scenario({ model: 'nearest' }), {
      models: { association: (x, y) => (y >= 100 ? 2 : x >= 100 ? 1 : 0) },
    });
    expect(traceOf(byRegions)).toEqual(traceOf(byHand));
  });

  it('lets a UE keep its cell, and with one cell is what it is without', () => {
    const regions = { columns: 1, rows: 1, labels: [1] };
    const kept = new Simulator(scenario({ ueCells: [2, -1, 0] }), { traces: { regions } });
    kept.reset(1, 0);
    for (let step = 0; step < 10; step++) kept.advance([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    expect([...kept.ues.chosenCell.subarray(0, 4)]).toEqual([2, 1, 0, 1]);

    const one = { cells: [CELLS[0]] };
    const alone = new Simulator(scenario({}, one), {
      traces: { regions: { columns: 1, rows: 1, labels: [0] } },
    });
    expect(traceOf(alone)).toEqual(traceOf(new Simulator(scenario({ model: 'nearest' }, one))));
  });

  it('ends at the last place, also for a device on the edge of the area or behind it', () => {
    const regions = new Regions(
      { columns: 2, rows: 2, labels: [0, 1, 2, 0] },
      { widthM: 10, heightM: 20 },
      3,
    );
    const cells = ([x, y]: [number, number]) => regions.cellAt(x, y);
    const places: [number, number][] = [
      [0, 0],
      [10, 0],
      [11, 3],
      [-1, 21],
      [0, 20],
      [10, 20],
      [4.9, 10],
    ];
    expect(places.map(cells)).toEqual([0, 1, 1, 2, 2, 0, 2]);
  });

  it('says what is wrong', () => {
    const made =
      (labels: number[], columns = 2) =>
      () =>
        new Regions({ columns, rows: 1, labels }, { widthM: 10, heightM: 10 }, 3);
    expect(made([0])).toThrow('1 labels for 1 × 2 places');
    expect(made([0, 3])).toThrow('row 0, column 1: 3 is no cell; expected 0 to 2');
    expect(made([0, -1])).toThrow('-1 is no cell');
    expect(() => new Simulator(scenario({}))).toThrow(InvalidInputError);
    const problems = (association: object) =>
      scenarioProblems({ cells: CELLS, association }).map(({ path, message }) => `${path}: ${message}`);
    expect(problems({ model: 'regions' })).toEqual([expect.stringContaining('association.file: is missing')]);
    expect(problems({ model: 'regions', file: 'x', hysteresis: 2 })).toEqual([
      expect.stringContaining('regions have none'),
    ]);
    expect(problems({ ueCells: [0, 3] })).toEqual(['association.ueCells[1]: 3 is no cell; expected -1 to 2']);
  });
});

describe('regions that a scenario writes out', () => {
  it('are those of the same labels in a file, and come back from text', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.infiniteStream(fc.nat(2)),
        (columns, rows, stream) => {
          const labels = Array.from({ length: columns * rows }, () => stream.next().value as number);
          const runs = encodeLabelRuns(labels);
          expect([...decodeLabelRuns({ columns, rows, runs })]).toEqual(labels);
          const written = new Simulator(scenario({ file: undefined, labels: { columns, rows, runs } }));
          const given = new Simulator(scenario({}), { traces: { regions: { columns, rows, labels } } });
          expect(traceOf(written, 10)).toEqual(traceOf(given, 10));
        },
      ),
      { numRuns: 20, seed: 2 },
    );
  });

  it.each([
    ['0*3', '3 places; expected 4, 2 × 2'],
    ['0*3 1', '"1" is no run; expected cell*length, as 0*12'],
    ['0*3 3*1', '3 is no cell; expected 0 to 2'],
    ['', '"" is no run; expected cell*length, as 0*12'],
  ])('refuse %s', (runs, message) => {
    const association = { model: 'regions', labels: { columns: 2, rows: 2, runs } };
    expect(scenarioProblems({ cells: CELLS, association })).toEqual([
      { path: 'association.labels.runs', message },
    ]);
  });
});
