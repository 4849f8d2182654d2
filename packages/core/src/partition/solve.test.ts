import { describe, expect, it } from 'vitest';
import { InfeasibleError, InvalidInputError } from '../errors/index.js';
import { cityDocument, parsePartitionInstance, solvePartition, type PartitionDocument } from './index.js';

const heavy = { powerW: 0.3, dataBits: 1000, cyclesPerBit: 225, bandwidthHz: 1e6 };
const solve = (document: PartitionDocument, options = {}) =>
  solvePartition(parsePartitionInstance(document), { lowerBound: false, ...options });

function detailsOf(run: () => unknown): Readonly<Record<string, unknown>> {
  try {
    run();
  } catch (error) {
    if (error instanceof InfeasibleError) return error.details;
    throw error;
  }
  throw new Error('feasible');
}

describe('solvePartition', () => {
  it('gives the same answer twice, and a faster one from a warm start', () => {
    const first = solve(cityDocument());
    expect(solve(cityDocument())).toEqual(first);
    const moved = cityDocument();
    moved.servers[0].x = 520;
    const cold = solve(moved);
    const warm = solve(moved, { warmStart: first.warmStart });
    expect(warm.iterations).toBeLessThanOrEqual(cold.iterations);
    expect(warm.objectiveMs / cold.objectiveMs).toBeLessThan(1.03);
  });

  it('refines a large grid to the value of a small one', () => {
    const direct = solve(cityDocument({ grid: 120 }), { method: 'optimal' }).objectiveMs;
    const byLevels = solve(cityDocument({ grid: 480 }), { method: 'optimal' }).objectiveMs;
    expect(Math.abs(byLevels / direct - 1)).toBeLessThan(0.02);
  });

  it('names a twin that no server can serve in time, and by how much', () => {
    const document = cityDocument({ twins: 0 });
    const twins = [
      { x: 100, y: 100, deadlineS: 0.1, ...heavy },
      { x: 1000, y: 1000, deadlineS: 1e-4, ...heavy },
    ];
    const details = detailsOf(() => solve({ ...document, twins }));
    expect(details).toMatchObject({ reason: 'twin-deadline', twin: 1, deadlineS: 1e-4 });
    // 1 kb at about 8.6 Mb/s and 225 kcycle at 16 GHz, from (500, 1500) or (1500, 1500)
    const distance = Math.hypot(500, 500, 25);
    const lossDb = 20 * Math.log10((4 * Math.PI * 2e9) / 299_792_458) + 25.5 * Math.log10(distance);
    const rate = 1e6 * Math.log2(1 + 10 ** ((10 * Math.log10(300) - lossDb + 110) / 10));
    expect(details['leastSyncS']).toBeCloseTo(1000 / rate + 225e3 / 16e9, 12);
    expect(details['lateByS']).toBeCloseTo(1000 / rate + 225e3 / 16e9 - 1e-4, 12);
  });

  it('certifies that the twins need more than all servers have', () => {
    const details = detailsOf(() => solve(cityDocument({ twins: 700 })));
    expect(details['reason']).toBe('capacity');
    expect(details['capacityHz']).toBe(48e9);
    expect(details['deficitHz']).toBeCloseTo(Number(details['demandHz']) - 48e9, 3);
    expect(details['deficitHz']).toBeGreaterThan(0);
  });

  it('says which server a partition overloads although another partition would not', () => {
    const document = cityDocument({ twins: 0 });
    const twins = Array.from({ length: 40 }, (_, k) => ({
      x: 300 + 10 * k,
      y: 420,
      deadlineS: 1e-3,
      ...heavy,
    }));
    const details = detailsOf(() => solve({ ...document, twins }, { method: 'snr' }));
    expect(details).toMatchObject({ reason: 'overload', method: 'snr', server: 0 });
    const demand = Number(details['deficitHz']) + 8e9;
    expect(demand / 40).toBeGreaterThan(0.225e9); // ΓD over a millisecond, less the upload
    expect(demand / 40).toBeLessThan(0.3e9);
    expect(solve({ ...document, twins }, { method: 'optimal' }).objectiveMs).toBeLessThan(40);
  });

  it('says which twin a partition puts out of reach', () => {
    const document = cityDocument({ twins: 0 });
    const servers = [
      { x: 0, y: 0, heightM: 25, computeHz: 5e8, bandwidthHz: 1e7 },
      { x: 2000, y: 2000, heightM: 25, computeHz: 9e9, bandwidthHz: 1e7 },
    ];
    // near server 0, which is too slow for it; server 1 is far but fast enough
    const twins = [{ x: 900, y: 900, deadlineS: 5e-4, ...heavy }];
    const details = detailsOf(() => solve({ ...document, servers, twins }, { method: 'snr' }));
    expect(details).toMatchObject({ reason: 'overload', server: 0 });
    expect(solve({ ...document, servers, twins }, { method: 'optimal' }).twins).toEqual([1]);
  });
});

describe('parsePartitionInstance', () => {
  const problemsOf = (document: unknown) => {
    try {
      parsePartitionInstance(document);
    } catch (error) {
      if (error instanceof InvalidInputError) return error.problems.map((problem) => problem.path);
    }
    return [];
  };

  it('reports every problem with its path', () => {
    const { servers, ...rest } = cityDocument({ twins: 0 });
    expect(
      problemsOf({
        ...rest,
        servers: [
          { ...servers[0], computeHz: -1 },
          { ...servers[1], x: NaN },
        ],
        zoom: 1,
      }),
    ).toEqual(expect.arrayContaining(['servers[0].computeHz', 'servers[1].x', '']));
    expect(problemsOf({ ...rest, servers, twins: [{ x: -5, y: 0, deadlineS: 1, ...heavy }] })).toEqual([
      'twins[0]',
    ]);
    expect(problemsOf({ ...rest, servers, twins: { count: 3 } })).toEqual(['twins.mixture', 'twins.types']);
    expect(problemsOf({ ...rest, servers, density: { model: 'grid', values: [[1, 2], [3]] } })).toEqual([
      'density.values[1]',
    ]);
    expect(problemsOf({ ...rest, servers, density: { model: 'grid', values: [[0, 0]] } })).toEqual([
      'density.values',
    ]);
    expect(problemsOf({ ...rest, servers, density: { model: 'cone' } })).toEqual(['density.model']);
    expect(problemsOf({ ...rest, servers, pathLoss: { model: 'two-ray' } })).toEqual(['pathLoss.model']);
    expect(problemsOf({ ...rest, servers: [] })).toEqual(['servers']);
  });

  it('refuses a density without mass in the zone', () => {
    const document = {
      ...cityDocument({ twins: 0 }),
      density: { model: 'gaussian' as const, x: 1e6, y: 0, stdM: 1 },
    };
    expect(() => solve(document)).toThrow(InvalidInputError);
  });

  it('draws twins by seed and index: the first of many are those of few', () => {
    const few = parsePartitionInstance(cityDocument({ twins: 20, seed: 9 })).twins;
    const many = parsePartitionInstance(cityDocument({ twins: 80, seed: 9 })).twins;
    expect(many.slice(0, 20)).toEqual(few);
    expect(parsePartitionInstance(cityDocument({ twins: 20, seed: 8 })).twins).not.toEqual(few);
  });
});
