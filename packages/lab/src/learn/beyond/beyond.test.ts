import { parseScenario } from '@metalore/core/scenario';
import { fixed } from '@metalore/core/policy';
import type { Policy } from '@metalore/core/policy';
import { simulate } from '@metalore/core/submetaverse';
import { describe, expect, it } from 'vitest';
import { readBeyondFile } from './beyond-file.js';
import { beyondStudy } from './beyond-study.js';
import { runBeyondCell } from './cells.js';
import { phaseOracle } from './oracle.js';
import { beyondReport } from './report.js';

describe('phase oracle', () => {
  const light = { 'ues.arrivals.probability': 0.1, 'sensors.count': 15 };
  const noSensors = { 'ues.arrivals.probability': 1, 'sensors.count': 1 };
  const scenario = parseScenario({
    episodeSteps: 60,
    schedule: [
      { fromStep: 0, set: light },
      { fromStep: 30, set: noSensors },
    ],
  });
  const splits = [
    [0.1, 0.1],
    [0.8, 0.8],
  ] as const;

  it('changes its split when the phase does', () => {
    const oracle = phaseOracle(scenario, splits, 2);
    const { steps } = simulate(scenario, oracle, { seed: 1, episodes: 2, recordSteps: true });
    for (let at = 0; at < 120; at++) expect(steps!.rhoC[at]).toBe(at % 60 < 30 ? 0.1 : 0.8);
  });

  it('earns at least what its best single split does', () => {
    const reward = (policy: Policy) =>
      simulate(scenario, policy, { seed: 1, episodes: 20 }).episodes.reward.reduce(
        (sum, value) => sum + value,
        0,
      );
    const single = Math.max(...splits.map(([rhoC, rhoP]) => reward(fixed(rhoC, rhoP))));
    expect(reward(phaseOracle(scenario, splits, 2))).toBeGreaterThan(single);
  });
});

describe('study metalore-beyond', () => {
  it('reports every contender beside the best fixed split', () => {
    const file = readBeyondFile(true);
    const cells = beyondStudy.cells({ quick: true });
    expect(JSON.parse(JSON.stringify(cells))).toEqual(cells);
    // One row of fixed splits in three is enough to find a best one.
    const some = cells.filter(({ contender }, i) => contender.group !== 'fixed' || i % 3 === 0);
    const rows = some.flatMap((cell) => {
      const { contender } = cell;
      const scenario = { ...parseScenario(cell.scenario), episodeSteps: 40 };
      const small = { ...cell, scenario, episodes: 2 };
      if (contender.group !== 'learned') {
        return runBeyondCell(
          contender.group === 'oracle' ? { ...small, contender: { ...contender, grid: 0.5 } } : small,
        );
      }
      const ppo = { numEnvs: 2, nSteps: 40, totalTimesteps: 160 };
      const cem = { population: 4, elite: 2, episodes: 1, totalTimesteps: 160 };
      const options = contender.job.algorithm === 'ppo' ? { ...contender.job.options, ...ppo } : cem;
      const job = {
        ...contender.job,
        scenario: { ...(contender.job.scenario as object), episodeSteps: 40 },
        options,
        validation: { episodes: 1, everySteps: 100 },
      };
      return runBeyondCell({ ...small, contender: { ...contender, job } });
    });
    const report = beyondReport(JSON.parse(JSON.stringify(rows)), file);
    for (const { title } of file.experiments) expect(report.summary).toContain(`## ${title}`);
    expect(report.summary).toContain('best fixed split of each phase');
    expect(report.summary.match(/best fixed split \(/g)).toHaveLength(file.experiments.length);
    expect(report.figures.map(({ name }) => name)).toContain('learn-dynamic-aosi');
    expect(report.summary).not.toMatch(/NaN|undefined/);
  });
});
