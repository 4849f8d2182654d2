import { drawInstance, parseDrawn, ProviderEnvironment } from '@metalore/core/provider';
import { createMarket, simulate } from '@metalore/core/provider';
import type { ProviderInstance } from '@metalore/core/provider';
import { Dqn } from '@metalore/learn/dqn';
import { learnedProviderPolicy } from '@metalore/learn/policy-file';
import { describe, expect, it } from 'vitest';
import { summarize } from '../../statistics/summary.js';
import { trainLearner } from '../comparison/run.js';
import { providerLearnersStudy } from './index.js';

const WORLD = {
  kind: 'provider',
  seed: 4,
  providers: 6,
  tasks: 150,
  hours: 200,
  capacities: 'code' as const,
};

describe('a trained provider policy', () => {
  const { policy, rows } = trainLearner({
    name: 'DQN',
    learner: {
      name: 'DQN',
      algorithm: 'dqn',
      view: { mask: true },
      options: { totalTimesteps: 6000, logInterval: 1000, learningStarts: 500, netArch: [48], batchSize: 64 },
      shown: 'deterministic',
    },
    seed: 1,
    document: WORLD,
    metric: 'reward',
    validation: { everySteps: 2000, episodes: 3 },
    episodes: 10,
  });
  const own = drawInstance(WORLD);
  const streams = Array.from(
    { length: 12 },
    (_, stream) => drawInstance({ ...WORLD, seed: 1, stream }).tasks,
  );
  /** Mean and 95 % interval over the streams, by a policy trained or not, in the trained world or a permuted one. */
  const reward = (document: typeof policy, providers: ProviderInstance['providers']) =>
    summarize(
      streams.map((tasks) => {
        const market = createMarket({ ...own, providers, tasks });
        return simulate(market, learnedProviderPolicy(document, providers.length)).reward;
      }),
    );
  const permuted = own.providers.map((provider, j) => {
    const other = own.providers[(j + 3) % own.providers.length];
    return { ...other, capacity: provider.capacity };
  });

  it('gives the rewards of its evaluation when it is run as a policy', () => {
    const episodes = rows.filter((row) => row.kind === 'episode');
    episodes.forEach((row, episode) => {
      const market = createMarket({ ...own, tasks: streams[episode] });
      const outcome = simulate(market, learnedProviderPolicy(policy, own.providers.length));
      if (row.kind === 'episode') expect(outcome.reward).toBeCloseTo(row.metrics['reward'], 9);
    });
  });

  it('loses by a permutation of what the providers are worth, which tells nothing to an untrained one', () => {
    const trained = [reward(policy, own.providers), reward(policy, permuted)];
    expect(trained[0].mean - trained[0].ci95).toBeGreaterThan(trained[1].mean + trained[1].ci95);
    const environment = new ProviderEnvironment(parseDrawn(WORLD), { numEnvs: 1, mask: true });
    const blank = new Dqn(environment, { totalTimesteps: 1 }, 3).policy();
    const untrained = [reward(blank, own.providers), reward(blank, permuted)];
    for (const { mean } of untrained) expect(mean).toBeLessThan(trained[0].mean);
  });

  it('is refused where there are other providers', () => {
    expect(() => learnedProviderPolicy(policy, 7)).toThrow('expected a policy for 7 providers (16 numbers)');
  });
});

describe('reproduce provider-learners', () => {
  it('learns more than it began with, and draws its figure', async () => {
    const cells = providerLearnersStudy.cells({ quick: true });
    const rows = (await Promise.all(cells.map((cell) => providerLearnersStudy.runCell(cell)))).flat();
    for (const name of ['DQN', 'PPO']) {
      const curve = rows.filter((row) => row.kind === 'curve' && row.name === name && row.seed === 1);
      const values = curve.map((row) => (row.kind === 'curve' ? row.value : NaN));
      expect(Math.max(...values)).toBeGreaterThan(values[0]);
    }
    const { figures, summary } = providerLearnersStudy.report(rows, { quick: true });
    for (const { svg } of figures) expect(svg).toMatch(/^<svg/);
    expect(summary).not.toMatch(/NaN/);
  });
});
