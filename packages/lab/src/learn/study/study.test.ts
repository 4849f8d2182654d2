import { RandomStream } from '@metalore/core/random';
import { parseScenario } from '@metalore/core/scenario';
import { fixed } from '@metalore/core/policy';
import { simulate } from '@metalore/core/submetaverse';
import { describe, expect, it } from 'vitest';
import { runTrainedCell } from './cells.js';
import type { MetaloreRow } from './cells.js';
import { bestFixedSplit, pairedDifference } from './compare.js';
import { rewardsAt, runFixedSplits } from './fixed-splits.js';
import { hypervolume } from './hypervolume.js';
import { metaloreStudy } from './metalore-study.js';
import { metaloreReport } from './report.js';
import { readStudyFile } from './study-file.js';

describe('fixed splits', () => {
  it('have at every (η, c2) the rewards of a run at that (η, c2)', () => {
    const run = { seed: 9, episodes: 3 };
    const [, row] = runFixedSplits({
      kind: 'fixed',
      scenario: parseScenario({}),
      rhoC: 0.3,
      rhoP: [0.2, 0.4],
      etas: [0.9, 0.4],
      ...run,
    });
    for (const [eta, c2] of [
      [0.9, 0],
      [0.4, -1],
    ] as const) {
      const scenario = parseScenario({ reward: { eta, latePenalty: c2 } });
      const { reward, aosi } = simulate(scenario, fixed(0.3, 0.4), run).episodes;
      rewardsAt(row, { eta, c2 }).forEach((value, i) => expect(value).toBeCloseTo(reward[i], 8));
      expect(row.aosi).toEqual([...aosi]);
    }
  });
});

describe('paired differences', () => {
  it('are those of the means, with both samples in the interval', () => {
    const stream = new RandomStream(1, 'pairs');
    const baseline = Array.from({ length: 100 }, () => 100 + 30 * stream.normal());
    const learned = [2, 4, 6].map((shift) => baseline.map((value) => value + shift));
    const { mean, ci95 } = pairedDifference(learned, baseline);
    expect(mean).toBeCloseTo(4, 10);
    // Episodes do not differ; the three seeds have deviation 2, and t(2) = 4.303.
    expect(ci95).toBeCloseTo((4.3027 * 2) / Math.sqrt(3), 2);
  });

  it('cover the truth about as often as they say, or more', () => {
    const stream = new RandomStream(2, 'coverage');
    let covered = 0;
    for (let study = 0; study < 400; study++) {
      const baseline = Array.from({ length: 30 }, () => stream.normal());
      const effects = Array.from({ length: 30 }, () => stream.normal());
      const learned = Array.from({ length: 5 }, () => {
        const seedEffect = 0.3 * stream.normal();
        return baseline.map((value, e) => value + 1 + seedEffect + effects[e]);
      });
      const { mean, ci95 } = pairedDifference(learned, baseline);
      if (Math.abs(mean - 1) <= ci95) covered++;
    }
    expect(covered / 400).toBeGreaterThan(0.93);
    expect(covered / 400).toBeLessThan(1);
  });
});

describe('hypervolume', () => {
  const reference = { aosi: 10, aori: 10, served: 0 };

  it('of one point is its box, of none 0, of the ideal 1', () => {
    expect(hypervolume([], reference)).toBe(0);
    expect(hypervolume([{ aosi: 0, aori: 0, served: 1 }], reference)).toBe(1);
    expect(hypervolume([{ aosi: 5, aori: 2, served: 0.5 }], reference)).toBeCloseTo(0.5 * 0.8 * 0.5, 12);
    expect(hypervolume([{ aosi: 11, aori: 2, served: 0.5 }], reference)).toBe(0);
  });

  it('agrees with counting random points of the box', () => {
    const stream = new RandomStream(3, 'volume');
    const draw = () => ({
      aosi: 10 * stream.uniform(),
      aori: 10 * stream.uniform(),
      served: stream.uniform(),
    });
    const points = Array.from({ length: 12 }, draw);
    const samples = 200_000;
    let hits = 0;
    for (let i = 0; i < samples; i++) {
      const at = draw();
      if (points.some((p) => p.aosi <= at.aosi && p.aori <= at.aori && p.served >= at.served)) hits++;
    }
    expect(Math.abs(hypervolume(points, reference) - hits / samples)).toBeLessThan(0.005);
  });
});

describe('study metalore', () => {
  it('has 11 cells of fixed splits and one per training, each complete in itself', () => {
    const cells = metaloreStudy.cells({ quick: false });
    expect(cells.filter(({ kind }) => kind === 'fixed')).toHaveLength(11);
    expect(cells.filter((cell) => cell.kind === 'trained' && cell.learner === 'PPO')).toHaveLength(60);
    expect(JSON.parse(JSON.stringify(cells))).toEqual(cells);
    expect(metaloreStudy.cells({ quick: true }).length).toBeLessThan(25);
  });

  it('reports from rows that went through JSON: best split, table I, hypervolume, figures', () => {
    const file = readStudyFile(true);
    const small = { seed: 1, episodes: 4 };
    const cells = metaloreStudy.cells({ quick: true });
    const rows = cells.flatMap((cell): MetaloreRow[] => {
      if (cell.kind === 'fixed') return runFixedSplits({ ...cell, ...small });
      const options = {
        ...cell.job.options,
        totalTimesteps: 800,
        numEnvs: 4,
        population: 4,
        elite: 2,
        episodes: 2,
      };
      const known = cell.job.algorithm === 'ppo' ? ['population', 'elite', 'episodes'] : ['numEnvs'];
      const usable = Object.fromEntries(Object.entries(options).filter(([name]) => !known.includes(name)));
      const job = { ...cell.job, options: usable, validation: { episodes: 2, everySteps: 400 } };
      return runTrainedCell({ ...cell, ...small, job });
    });
    const report = metaloreReport(JSON.parse(JSON.stringify(rows)), file);
    const fixedRows = rows.filter((row) => row.kind === 'fixed');
    expect(fixedRows).toHaveLength(121);
    const best = bestFixedSplit(fixedRows, file.rewards[0]);
    const means = fixedRows.map((row) => rewardsAt(row, file.rewards[0]).reduce((a, b) => a + b) / 4);
    expect(best.rewards.reduce((a, b) => a + b) / 4).toBe(Math.max(...means));
    expect(report.tables.map(({ name }) => name)).toEqual([
      'fixed-splits',
      'policies',
      'trainings',
      'hypervolume',
    ]);
    expect(report.figures.map(({ name }) => name)).toContain('learn-figure-5');
    expect(report.summary).toContain('| (0.4, 0.4) | ');
    expect(report.summary).toContain('1.98 ± 0.50');
    expect(report.summary).not.toContain('NaN');
  });
});
