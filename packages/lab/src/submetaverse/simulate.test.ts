import { parsePolicy } from '@metalore/core/policy';
import { describe, expect, it } from 'vitest';
import { confidenceHalfWidth, summarize } from '../statistics/summary.js';
import { inline } from '../work/pool.js';
import { sumOf } from './columns.js';
import { METRICS } from './metrics.js';
import { runEpisodes } from './run-episodes.js';
import { loadScenario } from './scenario-files.js';
import { simulate } from './simulate.js';

const paper = loadScenario('paper').scenario;
const everything = { requests: true, steps: true, profile: true };

describe('the paper’s fixed splits', () => {
  // Means over 1000 episodes of an independent program for the same model.
  it.each([
    ['fixed:0.3,0.3', { aosi: 7.16, aori: 9.7, served: 0.827, reward: 3303, late: 526 }],
    ['fixed:0.3,0.4', { aosi: 12.7, aori: 6.58, served: 0.89, reward: 2451, late: 423 }],
    ['fixed:0.4,0.4', { aosi: 18.1, aori: 1.95, served: 0.977, reward: 1983, late: 177 }],
  ])('%s agrees within its 99 percent confidence interval plus 2 percent', (policy, expected) => {
    const { episodes } = runEpisodes(paper, parsePolicy(policy), { seed: 7, first: 0, count: 400 });
    for (const metric of METRICS) {
      const { mean, std, n } = summarize(episodes[metric]);
      const tolerance = confidenceHalfWidth(std, n, 0.99) + 0.02 * expected[metric];
      expect(Math.abs(mean - expected[metric]), `${metric} ${mean}`).toBeLessThan(tolerance);
    }
  });
});

describe('records', () => {
  const run = { seed: 3, first: 0, count: 4 };
  const policy = parsePolicy('fixed:0.3,0.4');
  const { episodes, requests, steps, profile } = runEpisodes(paper, policy, run, {}, everything);

  it('of requests add up to those of episodes and steps', () => {
    expect(requests.created.length).toBe(sumOf(episodes.requestsCompleted));
    expect(sumOf(requests.aori)).toBe(sumOf(episodes.aoriSum));
    expect(sumOf(requests.aosi)).toBe(sumOf(episodes.aosiSum));
    expect(sumOf(steps.requestsCompleted)).toBe(requests.created.length);
    expect(sumOf(steps.reward)).toBeCloseTo(sumOf(episodes.reward), 6);
    expect(steps.step.length).toBe(400);
    expect(episodes.reward[0]).toBeCloseTo(sumOf(steps.reward.slice(0, 100)), 8);
  });

  it('of requests hold the four parts of AoRI (paper 000, eq. 1) and both ages', () => {
    const { created, sendStarted, sent, started, completed, aori, aosi, updateCreated, sensor } = requests;
    for (let row = 0; row < created.length; row++) {
      const parts = [
        sendStarted[row] - created[row],
        sent[row] - sendStarted[row],
        started[row] - sent[row],
        completed[row] - started[row],
      ];
      expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(aori[row]);
      expect(aosi[row]).toBe(Math.abs(created[row] - updateCreated[row]));
      expect(sensor[row]).toBeGreaterThanOrEqual(0);
    }
  });

  it('of the profile hold the same sums', () => {
    expect(sumOf(profile!.steps.completed)).toBe(requests.created.length);
    expect(sumOf(profile!.steps.aori)).toBe(sumOf(requests.aori));
    expect(sumOf(profile!.aosiCounts)).toBe(sumOf(episodes.requestsSynchronised));
    expect(profile!.episodes).toBe(4);
    const queue = steps.updateQueueJobs;
    expect(profile!.steps.updateQueueJobs[99]).toBe(queue[99] + queue[199] + queue[299] + queue[399]);
  });

  it('are the same whole and in pieces, for a policy that draws as well', () => {
    const random = (): ReturnType<typeof parsePolicy> => parsePolicy('random');
    const whole = runEpisodes(paper, random(), run, {}, everything);
    const pieces = [0, 1, 2, 3].map((first) =>
      runEpisodes(paper, random(), { ...run, first, count: 1 }, {}, everything),
    );
    for (const table of ['episodes', 'requests', 'steps'] as const) {
      for (const [name, column] of Object.entries(whole[table])) {
        const joined = pieces.flatMap((piece) => [...piece[table][name]]);
        expect([...column], `${table}.${name}`).toEqual(joined);
      }
    }
  });
});

describe('simulate', () => {
  it('joins its slices in order', async () => {
    const { scenario } = loadScenario('multicell', { set: ['episodeSteps=1000'] });
    const run = { scenario, traces: {}, policy: { spec: 'demand-proportional' }, seed: 5, episodes: 12 };
    const counts: number[] = [];
    const joined = await simulate(
      run,
      { profile: true, cells: true },
      inline(new AbortController().signal),
      (count) => counts.push(count),
    );
    expect(counts).toEqual([10, 2]);
    expect([...joined.episodes.episode]).toEqual(Array.from({ length: 12 }, (_, episode) => episode));
    expect(joined.cells.cell.length).toBe(48);
    expect(joined.profile!.episodes).toBe(12);
    const whole = runEpisodes(scenario, parsePolicy(run.policy.spec), { seed: 5, first: 0, count: 12 });
    expect(joined.episodes).toEqual(whole.episodes);
    // What the cells have adds up to the whole.
    expect(sumOf(joined.cells.late)).toBe(sumOf(joined.episodes.late));
    expect(sumOf(joined.cells.requestsCreated)).toBe(sumOf(joined.episodes.requestsCreated));
    expect(sumOf(joined.cells.reward)).toBeCloseTo(sumOf(joined.episodes.reward), 6);
  });
});
