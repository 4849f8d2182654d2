import { describe, expect, it } from 'vitest';
import {
  buildProblem,
  cityDocument,
  EquilibriumSolver,
  parsePartitionInstance,
  scorePartition,
  solveBestChannel,
  solveGuarded,
  solveLiterally,
} from './index.js';

const city = (twins: number, seed = 1, grid = 100) =>
  buildProblem(parsePartitionInstance(cityDocument({ twins, seed, grid })));

describe('EquilibriumSolver', () => {
  it('raises D at every step and ends where α = e^w and (14) holds', () => {
    for (const start of ['channel', 'uniform', 'skewed'] as const) {
      const problem = city(0);
      const channel = Float64Array.from(solveBestChannel(problem).warmStart.logWeights);
      const w = {
        channel,
        uniform: new Float64Array(4).fill(Math.log(0.25)),
        skewed: Float64Array.of(-9, 0, -1, -4),
      };
      const { values, logWeights, labels, residual } = new EquilibriumSolver(problem).solve(
        problem.computeHz,
        w[start],
        {
          minGain: 1e-11,
        },
      );
      for (let step = 1; step < values.length; step++) expect(values[step]).toBeGreaterThan(values[step - 1]);
      expect(values.length).toBeGreaterThan(4);
      const heaviest = problem.mass.reduce((most, g) => Math.max(most, g));
      expect(residual).toBeLessThan(2 * heaviest); // what moving one cell changes
      const { perServer } = scorePartition(problem, labels);
      perServer.forEach((share, b) =>
        expect(Math.abs(share.mass - Math.exp(logWeights[b]))).toBeLessThan(2 * heaviest),
      );
      // the same equilibrium from everywhere, and that of an independent program
      [0.369, 0.218, 0.259, 0.154].forEach((mass, b) => {
        expect(Math.abs(perServer[b].mass - mass)).toBeLessThan(0.003);
      });
    }
  });

  it('gives the J of the issue without twins: 18.12 ms', () => {
    expect(Math.abs(solveGuarded(city(0)).objectiveMs / 18.12 - 1)).toBeLessThan(0.003);
  });

  it('maximises D: no nearby w is better', () => {
    const problem = city(0, 1, 40);
    const solver = new EquilibriumSolver(problem);
    const { values, logWeights } = solver.solve(problem.computeHz, new Float64Array(4).fill(-1.4), {
      minGain: 1e-13,
    });
    const best = values[values.length - 1];
    for (let b = 0; b < 4; b++) {
      for (const step of [-0.3, -0.03, 0.03, 0.3]) {
        const moved = logWeights.slice();
        moved[b] += step;
        expect(solver.solve(problem.computeHz, moved, { maxSteps: 0 }).values[0]).toBeLessThan(best);
      }
    }
  });
});

describe('solveLiterally', () => {
  it('never settles: without twins it swings between two partitions that move most of the mass', () => {
    const { ending, masses, objectivesMs } = solveLiterally(city(0));
    expect(ending).toBe('cycle');
    const [before, last] = masses.slice(-2);
    const moved = before.reduce((sum, mass, b) => sum + Math.abs(mass - last[b]), 0) / 2;
    expect(moved).toBeGreaterThan(0.9);
    expect(objectivesMs[objectivesMs.length - 1]).toBeGreaterThan(2 * solveBestChannel(city(0)).objectiveMs);
  });

  it('with 200 twins overloads a server', () => {
    expect(solveLiterally(city(200)).ending).toBe('overload');
  });
});
