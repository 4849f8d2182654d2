import { describe, expect, it } from 'vitest';
import { fixed } from '../policy/index.js';
import { parseScenario } from './scenario/index.js';
import { simulate } from './run.js';

/** Means over 1000 episodes of another program of the same model: AoSI, AoRI, served, reward (η = 0.9, c2 = 0), late. */
const INDEPENDENT = [
  { splits: [0.3, 0.3], aosi: 7.16, aori: 9.7, served: 0.827, reward: 3303, late: 526 },
  { splits: [0.3, 0.4], aosi: 12.7, aori: 6.58, served: 0.89, reward: 2451, late: 423 },
  { splits: [0.4, 0.4], aosi: 18.1, aori: 1.95, served: 0.977, reward: 1983, late: 177 },
] as const;
const EPISODES = 600;

describe.each(INDEPENDENT)('fixed splits $splits', ({ splits, ...expected }) => {
  const { episodes } = simulate(parseScenario({}), fixed(splits[0], splits[1]), {
    episodes: EPISODES,
    seed: 1,
  });

  it.each(['aosi', 'aori', 'served', 'reward', 'late'] as const)(
    'agree in %s within 2 % and a 99 %% interval',
    (name) => {
      const values = episodes[name];
      const mean = values.reduce((sum, value) => sum + value, 0) / EPISODES;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (EPISODES - 1);
      const halfWidth = 2.584 * Math.sqrt(variance / EPISODES);
      expect(Math.abs(mean - expected[name])).toBeLessThanOrEqual(halfWidth + 0.02 * expected[name]);
    },
  );

  it('rewards, ages and counts of an episode fit together', () => {
    for (let at = 0; at < EPISODES; at++) {
      expect(episodes.served[at]).toBe(episodes.requestsCompleted[at] / episodes.requestsCreated[at]);
      expect(episodes.aori[at]).toBe(episodes.aoriSum[at] / episodes.requestsCompleted[at]);
      expect(episodes.reward[at]).toBe(episodes.synchronisationReward[at]);
    }
  });
});

it('AoRI is the sum of its four parts, and the reward that of eqs. 5-7', () => {
  const scenario = parseScenario({ reward: { eta: 0.7, latePenalty: -1, lateThresholdSteps: 3 } });
  const { requests, episodes } = simulate(scenario, fixed(0.35, 0.35), {
    episodes: 20,
    seed: 5,
    recordRequests: true,
  });
  const table = requests!;
  const reward = new Float64Array(20);
  for (let row = 0; row < table.aori.length; row++) {
    const queued = table.sendStarted[row] - table.created[row];
    const sending = table.sent[row] - table.sendStarted[row];
    const waiting = table.started[row] - table.sent[row];
    const processing = table.completed[row] - table.started[row];
    expect(Math.min(queued, sending, waiting, processing)).toBeGreaterThanOrEqual(0);
    expect(table.aori[row]).toBe(queued + sending + waiting + processing);
    expect(table.aosi[row]).toBe(Math.abs(table.created[row] - table.updateCreated[row]));
    reward[table.episode[row]] += 10 * 0.7 ** table.aosi[row] - (table.aori[row] > 3 ? 1 : 0);
  }
  for (let episode = 0; episode < 20; episode++)
    expect(episodes.reward[episode]).toBeCloseTo(reward[episode], 8);
});

it('freshest-only updates cut AoSI by more than a factor of five at the same served share', () => {
  const run = (discipline: 'fifo' | 'freshest') =>
    simulate(parseScenario({ sensors: { discipline } }), fixed(0.4, 0.4), { episodes: 100 }).episodes;
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [fifo, freshest] = [run('fifo'), run('freshest')];
  expect(mean(fifo.aosi) / mean(freshest.aosi)).toBeGreaterThan(5);
  expect(mean(freshest.served)).toBeCloseTo(mean(fifo.served), 2);
});
