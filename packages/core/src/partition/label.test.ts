import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestChannelRule,
  buildProblem,
  labelByTiles,
  labelEveryCell,
  parsePartitionInstance,
} from './index.js';

const server = fc.record({
  x: fc.double({ min: -200, max: 1200, noNaN: true }),
  y: fc.double({ min: -200, max: 900, noNaN: true }),
  heightM: fc.double({ min: 0, max: 60, noNaN: true }),
  computeHz: fc.double({ min: 1e9, max: 2e10, noNaN: true }),
  bandwidthHz: fc.double({ min: 1e6, max: 4e7, noNaN: true }),
});

describe('labelByTiles', () => {
  it('gives the labels of the full pass, on any servers, weights and grid', () => {
    fc.assert(
      fc.property(
        fc.array(server, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 70 }),
        fc.array(fc.double({ min: -4, max: 0, noNaN: true }), { minLength: 20, maxLength: 20 }),
        fc.boolean(),
        (servers, columns, rows, logWeights, doubled) => {
          const all = doubled ? [...servers, ...servers] : servers; // ties go to the lower index in both
          const problem = buildProblem(
            parsePartitionInstance({
              zone: { widthM: 1000, heightM: 700 },
              servers: all,
              density: { model: 'uniform' },
              grid: { columns, rows },
            }),
          );
          const slope = Float64Array.from(all, (_, b) => Math.exp(logWeights[b % servers.length]));
          const offset = slope.map((value, b) => (value * 2.5e5) / all[b].computeHz);
          const untabled = { ...problem, airtime: null };
          for (const rule of [{ cost: 'airtime' as const, slope, offset }, bestChannelRule(all.length)]) {
            const full = new Uint16Array(problem.cells);
            const tiled = new Uint16Array(problem.cells);
            labelEveryCell(problem, rule, full);
            labelByTiles(problem, rule, tiled);
            expect(tiled).toEqual(full);
            labelByTiles(untabled, rule, tiled);
            expect(tiled).toEqual(full);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps to the full pass where servers differ by rounding only', () => {
    const twins = Array.from({ length: 12 }, (_, b) => ({
      x: 500 + b * 1e-9,
      y: 350,
      heightM: 25,
      computeHz: 1e9,
      bandwidthHz: 1e7,
    }));
    const problem = buildProblem(
      parsePartitionInstance({
        zone: { widthM: 1000, heightM: 700 },
        servers: twins,
        density: { model: 'uniform' },
        grid: { columns: 120, rows: 90 },
      }),
    );
    const rule = {
      cost: 'airtime' as const,
      slope: new Float64Array(12).fill(1),
      offset: new Float64Array(12),
    };
    const full = new Uint16Array(problem.cells);
    const tiled = new Uint16Array(problem.cells);
    labelEveryCell(problem, rule, full);
    labelByTiles(problem, rule, tiled);
    expect(tiled).toEqual(full);
    expect(new Set(full).size).toBeGreaterThan(1);
  });
});
