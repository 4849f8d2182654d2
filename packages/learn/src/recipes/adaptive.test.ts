import { parseScenario } from '@metalore/core/scenario';
import { simulate, SubMetaverseVectorEnvironment } from '@metalore/core/submetaverse';
import { RandomStream } from '@metalore/core/random';
import { describe, expect, it } from 'vitest';
import { Cem } from '../cem/index.js';
import { createActor, learnedPolicy } from '../policy-file/actor.js';
import { meanOf, trainingSeed } from '../training/index.js';
import { ADAPTIVE_CEM, ADAPTIVE_OBSERVATION } from './adaptive.js';

const scenario = parseScenario({
  episodeSteps: 40,
  area: { widthM: 400, heightM: 200 },
  cells: [
    { xM: 100, yM: 100 },
    { xM: 300, yM: 100 },
  ],
  observation: [...ADAPTIVE_OBSERVATION],
});
const environment = (numEnvs: number) =>
  new SubMetaverseVectorEnvironment(scenario, { numEnvs, rows: 'cells' });

describe('the adaptive recipe', () => {
  it('begins at the rule age-matching, with more for requests near the end', () => {
    const actor = createActor(new Cem(environment(2), { ...ADAPTIVE_CEM, episodes: 2 }, 1).policy());
    const random = new RandomStream(1, 'test');
    const at = (name: (typeof ADAPTIVE_OBSERVATION)[number]) => ADAPTIVE_OBSERVATION.indexOf(name);
    for (let i = 0; i < 50; i++) {
      const seen = Float64Array.from(ADAPTIVE_OBSERVATION, (name) =>
        name.startsWith('end-nearness') ? 0 : 300 * random.uniform() ** 2,
      );
      const action = new Float64Array(2);
      actor.act(seen, 0, action, 0);
      const requests = 1 + seen[at('data-newer-steps')];
      const updates = 1 + seen[at('data-older-steps')];
      const share = (ofRequests: number, ofUpdates: number) => {
        const [r, s] = [requests * (1 + ofRequests), updates * (1 + ofUpdates)];
        return r / (r + s);
      };
      expect(action[0]).toBeCloseTo(
        share(seen[at('request-uplink-mbit')], seen[at('update-uplink-mbit')]),
        9,
      );
      expect(action[1]).toBeCloseTo(
        share(seen[at('request-queue-units')], seen[at('update-queue-units')]),
        9,
      );
    }
  });

  it('weighs logarithms alone, plays whole worlds, and counts their steps and not those of their cells', () => {
    const options = { ...ADAPTIVE_CEM, episodes: 3, population: 4, elite: 2, totalTimesteps: 1000 };
    const cem = new Cem(environment(3), options, 1);
    cem.iterate();
    expect(cem.timesteps).toBe(4 * 3 * 40);
    const { model } = cem.policy();
    if (model.kind !== 'linear-sigmoid') throw new Error('expected a linear policy');
    const inputs = ADAPTIVE_OBSERVATION.length;
    for (const row of model.weights) {
      expect(row).toHaveLength(1 + 2 * inputs);
      expect(row.slice(1, 1 + inputs).every((weight) => weight === 0)).toBe(true);
      expect(row.slice(1 + inputs).every((weight) => weight !== 0)).toBe(true);
    }
  });

  it('tells the reward of whole worlds, as those who judge its policy do', () => {
    const still = { ...ADAPTIVE_CEM, episodes: 3, population: 4, elite: 2, initialStd: 1e-12, minStd: 0 };
    const cem = new Cem(environment(3), still, 1, ADAPTIVE_OBSERVATION);
    const before = learnedPolicy(cem.policy());
    const { episodes } = simulate(scenario, before, { seed: trainingSeed(1), episodes: 3 });
    expect(cem.iterate()['rollout/ep_rew_mean']).toBeCloseTo(meanOf(episodes.reward), 3);
  });

  it('refuses first weights of another shape', () => {
    expect(() => new Cem(environment(2), { episodes: 2, initialLogWeights: [[1], [2]] }, 1)).toThrow(
      /initialLogWeights: has rows of 1, 1; expected 2 of 14/,
    );
  });
});
