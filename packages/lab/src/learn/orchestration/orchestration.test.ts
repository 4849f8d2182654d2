import { parsePolicy } from '@metalore/core/policy';
import { parseScenario } from '@metalore/core/scenario';
import { simulate } from '@metalore/core/submetaverse';
import { describe, expect, it } from 'vitest';
import type { LearnedCell, OrchestrationCell } from './cells.js';
import { hindsightReward } from './hindsight.js';
import { orchestrationStudy } from './index.js';
import type { OrchestrationRow, PlayedRow } from './run-cell.js';
import { standingsOf } from './standings.js';

describe('a plan in hindsight', () => {
  const scenario = parseScenario({ episodeSteps: 40 });
  const search = { knots: 4, generations: 6, population: 18 };

  it('is not below the rule that it corrects, and the same again', () => {
    const reward = hindsightReward(scenario, 7, 3, search);
    const { episodes } = simulate(scenario, parsePolicy('age-matching'), {
      seed: 7,
      episodes: 1,
      firstEpisode: 3,
    });
    expect(reward).toBeGreaterThan(episodes.reward[0]);
    expect(hindsightReward(scenario, 7, 3, search)).toBe(reward);
  });
});

describe('standings', () => {
  const row = (group: PlayedRow['group'], name: string, seed: number, reward: number[]): PlayedRow => {
    const none = reward.map(() => null);
    return { kind: 'played', world: 'w', group, name, seed, reward, aosi: none, aori: none, served: reward };
  };

  it('hold everybody against the strongest rival, episode by episode', () => {
    const rows = [
      row('fixed', 'fixed:0.3,0.3', 0, [10, 20, 30]),
      row('rule', 'queue-proportional', 0, [20, 30, 40]),
      row('own rule', 'age-matching', 0, [40, 50, 60]),
      row('learned', 'all', 1, [22, 33, 44]),
      row('learned', 'all', 2, [24, 35, 46]),
      row('learned', 'CEM', 1, [21, 21, 21]),
    ];
    const learners = [{ name: 'CEM', rival: true }] as never;
    const plans = [{ kind: 'hindsight' as const, world: 'w', episode: 1, reward: 68 }];
    const standings = standingsOf('w', rows, plans, { learners });
    const of = (name: string) => standings.find((standing) => standing.name === name)!;
    expect(of('queue-proportional')).toMatchObject({ gain: 0, isRival: true, seeds: 0 });
    expect(of('age-matching')).toMatchObject({ isRival: false, reward: 50 });
    expect(of('age-matching').difference).toEqual({ mean: 20, ci95: 0 });
    expect(of('all')).toMatchObject({ seeds: 2, reward: 34, ofHindsight: 50 });
    expect(of('all').gain).toBeCloseTo(100 * (4 / 30), 9);
    expect(of('CEM').isRival).toBe(true);
  });
});

describe('study orchestration', () => {
  it('trains, plays and reports in small', () => {
    const cells = orchestrationStudy.cells({ quick: true });
    expect(JSON.parse(JSON.stringify(cells))).toEqual(cells);
    const rows = cells.map(small).flatMap((cell) => orchestrationStudy.runCell(cell) as OrchestrationRow[]);
    const report = orchestrationStudy.report(JSON.parse(JSON.stringify(rows)) as OrchestrationRow[], {
      quick: true,
    });
    expect(report.summary).not.toMatch(/NaN|undefined/);
    for (const world of ['dynamic', 'three-cells']) expect(report.summary).toContain(`### ${world}`);
    expect(report.figures.map(({ name }) => name)).toEqual(['orchestration-gains', 'orchestration-front']);
    expect(report.tables.map(({ name }) => name)).toEqual([
      'contenders',
      'hindsight',
      'front',
      'hypervolume',
    ]);
  });
});

/** The same cell with short episodes, and a training of one iteration. */
function small(cell: OrchestrationCell): OrchestrationCell {
  const short = (scenario: unknown) => ({
    ...parseScenario(scenario),
    schedule: undefined,
    episodeSteps: 20,
  });
  const shortTraining = (job: LearnedCell['job']): LearnedCell['job'] => ({
    ...job,
    scenario: short(job.scenario),
    options: {
      ...job.options,
      totalTimesteps: 80,
      ...(job.algorithm === 'cem'
        ? { population: 4, elite: 2, episodes: 1 }
        : { numEnvs: 2, nSteps: 20, batchSize: 20 }),
    },
    warmStart: null,
    validation: { episodes: 1, everySteps: 1000 },
  });
  if (cell.kind === 'learned') {
    const worlds = cell.worlds.map((world) => ({ ...world, scenario: short(world.scenario) }));
    return { ...cell, job: shortTraining(cell.job), worlds };
  }
  if (cell.kind === 'front') {
    const { by } = cell;
    return {
      ...cell,
      episodes: 1,
      by:
        'policies' in by
          ? { ...by, scenario: short(by.scenario) }
          : { job: shortTraining(by.job), scenarios: by.scenarios.map(short) },
    };
  }
  return { ...cell, world: { ...cell.world, scenario: short(cell.world.scenario) } };
}
