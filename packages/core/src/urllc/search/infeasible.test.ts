import { describe, expect, it } from 'vitest';
import { InfeasibleError, InvalidInputError } from '../../errors/index.js';
import { drawInstance } from '../model/draw.js';
import type { UrllcInfeasibility } from './infeasible.js';
import { parseInstance, type UrllcInstance } from '../model/instance.js';
import { solveOptimal } from './solve.js';
import { m6, m6With } from '../testing/instances.js';

function whyInfeasible(instance: UrllcInstance): UrllcInfeasibility {
  try {
    solveOptimal(instance);
  } catch (error) {
    if (error instanceof InfeasibleError) {
      return (error.details['violations'] as UrllcInfeasibility[])[0];
    }
    throw error;
  }
  throw new Error('was feasible');
}

describe('infeasible instances', () => {
  const every = { scope: 'every admissible caching set' };

  it('names a deadline, with the least latency at the whole band and edge rate', () => {
    const why = whyInfeasible({ ...m6With(2, { Tmax: 2e-4 }), S: 0 });
    expect(why).toMatchObject({ constraint: 'deadline', equation: '6b', device: 2, limit: 2e-4, ...every });
    // The limit moved to just above that value is feasible for the device alone, and just below it is not.
    const alone = (factor: number) => ({
      ...m6,
      S: 0,
      ue: [{ ...m6.ue[2], Tmax: why.value * factor }],
    });
    expect(solveOptimal(alone(1.001)).status).toBe('optimal');
    expect(whyInfeasible(alone(0.999)).constraint).toBe('deadline');
  });

  it('names an energy budget, with the least energy that meets the deadline', () => {
    const why = whyInfeasible({ ...m6With(4, { Emax: 1e-8 }), S: 0 });
    expect(why).toMatchObject({ constraint: 'energy', equation: '6e', device: 4, limit: 1e-8, ...every });
    const alone = (factor: number) => ({ ...m6, S: 0, ue: [{ ...m6.ue[4], Emax: why.value * factor }] });
    expect(solveOptimal(alone(1.01)).totalMs).toBeLessThanOrEqual(10);
    expect(whyInfeasible(alone(0.99)).constraint).toBe('energy');
  });

  it('names a rate that the link cannot carry', () => {
    expect(whyInfeasible({ ...m6With(1, { h2: 1e-14, D: 40000 }) })).toMatchObject({
      constraint: 'rate',
      equation: '6d',
      device: 1,
      limit: 1e6,
      ...every,
    });
  });

  it('does not claim of all caching sets what it has seen of some', () => {
    // Of the two sets, SLSQP from 12 starts each breaks a limit by 2 % at least.
    const [first, second] = [
      { D: 31236, C: 324948, h2: 8.673e-9, Tmax: 2.749e-3, Emax: 3.27e-4, Pmax: 0.04498, Fue: 5.893e8 },
      { D: 3653, C: 269188, h2: 1.598e-10, Tmax: 1.33e-3, Emax: 9.416e-4, Pmax: 0.1728, Fue: 1.512e9 },
    ];
    const shared = { B: 727620, eps: 1.946e-8, Rmin: 440499, Fes: 1.769e9, S: 6052, rminAll: true };
    const instance = { ...m6, ...shared, ue: [first, second] };
    expect(whyInfeasible(instance).scope).toBe('the caching sets tried');
    expect(() => solveOptimal(instance)).toThrow(
      /^no feasible allocation was found, though none is excluded/,
    );
  });

  it('names the tasks that must be cached and do not fit, each with its reason', () => {
    const three = { ...m6, ue: m6.ue.map((ue, m) => (m < 3 ? { ...ue, h2: 1e-18 } : ue)) };
    expect(whyInfeasible(three)).toMatchObject({
      constraint: 'cache',
      equation: '6g',
      devices: [0, 1, 2],
      value: 3 * 10832,
      limit: 30000,
      ...every,
    });
  });

  it('names a shortage of bandwidth over all caching sets', () => {
    const why = whyInfeasible({ ...m6, B: 2e5 });
    expect(why).toMatchObject({ constraint: 'bandwidth', equation: '6c', device: null, limit: 1, ...every });
    expect(why.value).toBeGreaterThan(1);
  });

  it('names a shortage of edge cycles over all caching sets', () => {
    // Devices that cannot compute have to offload; the deadline then sets a least rate at the edge.
    const ue = m6.ue.map((device) => ({ ...device, Fue: 1e6, Tmax: 2e-3 }));
    const why = whyInfeasible({ ...m6, B: 2e7, Fes: 9e8, ue });
    expect(why).toMatchObject({ constraint: 'edgeCycles', equation: '6f', limit: 9e8, ...every });
    expect(why.value).toBeGreaterThan(9e8);
  });
});

describe('invalid instances', () => {
  const problems = (value: unknown) => {
    try {
      parseInstance(value);
    } catch (error) {
      if (error instanceof InvalidInputError) return error.problems;
      throw error;
    }
    return [];
  };
  const withDevice = (change: object) => ({
    ...m6,
    ue: m6.ue.map((ue, m) => (m === 3 ? { ...ue, ...change } : ue)),
  });

  it.each([
    ['NaN', { C: NaN }, 'ue[3].C'],
    ['D = 0', { D: 0 }, 'ue[3].D'],
    ['negative gain', { h2: -1 }, 'ue[3].h2'],
    ['infinite deadline', { Tmax: Infinity }, 'ue[3].Tmax'],
    ['text', { Pmax: '1' }, 'ue[3].Pmax'],
    ['an unknown field', { Fmax: 1 }, 'ue[3].Fmax'],
    ['a missing field', { Emax: undefined }, 'ue[3].Emax'],
  ])('%s names field and device', (_name, change, path) => {
    const found = problems(withDevice(change));
    expect(found.map((problem) => problem.path)).toEqual([path]);
    expect(found[0].message).toContain('device 3');
  });

  it.each([
    ['eps', 0.5],
    ['eps', 0],
    ['devUe', 1],
    ['devEs', 2],
    ['B', 0],
    ['S', -1],
    ['Rmin', NaN],
    ['ue', []],
    ['speed', 1],
  ])('%s = %s is refused by name', (field, value) => {
    expect(problems({ ...m6, [field]: value }).map((problem) => problem.path)).toEqual([field]);
  });

  it('reports all problems at once', () => {
    expect(problems({ ...withDevice({ D: -1, C: 'x' }), B: null })).toHaveLength(3);
    expect(problems(null)).toHaveLength(1);
    expect(problems({ ...m6, ue: 5 })).toHaveLength(1);
  });

  it('refuses drawn instances likewise', () => {
    expect(() => drawInstance({ seed: -1, cyclesPerByte: [300, 100] })).toThrow(InvalidInputError);
    expect(() => drawInstance({ seed: 1, wrong: 2 })).toThrow(/wrong/);
  });
});
