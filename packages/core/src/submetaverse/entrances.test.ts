import { describe, expect, it } from 'vitest';
import { fixed } from '../policy/index.js';
import { simulate, SubMetaverseEnvironment, SubMetaverseVectorEnvironment } from './index.js';
import { parseScenario } from './scenario/index.js';

const scenario = parseScenario({ episodeSteps: 3 });
const odd = [NaN, Infinity, -1, 1.5, null as unknown as number, '1' as unknown as number];

describe('what a library’s caller may give', () => {
  it('are seeds and numbers of episodes and environments that are integers in their ranges', () => {
    for (const value of odd) {
      expect(() => simulate(scenario, fixed(0.5, 0.5), { seed: value }), `seed ${value}`).toThrow(
        /seed: .*; expected an integer from 0 on/,
      );
      expect(() => simulate(scenario, fixed(0.5, 0.5), { episodes: value })).toThrow(/episodes/);
      expect(() => simulate(scenario, fixed(0.5, 0.5), { firstEpisode: value })).toThrow(/firstEpisode/);
      expect(() => new SubMetaverseVectorEnvironment(scenario, { numEnvs: value })).toThrow(/numEnvs/);
      expect(() => new SubMetaverseEnvironment(scenario).reset({ seed: value })).toThrow(/seed/);
      expect(() => new SubMetaverseVectorEnvironment(scenario, { numEnvs: 1 }).reset(value)).toThrow(/seed/);
    }
    expect(() => simulate(scenario, fixed(0.5, 0.5), { episodes: 0 })).toThrow(/episodes/);
    expect(() => new SubMetaverseVectorEnvironment(scenario, { numEnvs: 0 })).toThrow(/numEnvs/);
  });

  it('are splits from 0 to 1 for a fixed policy', () => {
    expect(() => fixed(NaN, 3)).toThrow(/rhoC: NaN is not a number from 0 to 1\n {2}rhoP: 3 is not/);
    expect(() => fixed(0, 1)).not.toThrow();
  });

  it('are as many actions as there are splits, and no step past the end', () => {
    const environment = new SubMetaverseEnvironment(scenario);
    environment.reset({ seed: 1 });
    expect(() => environment.step([0.5])).toThrow(/action\.length/);
    expect(() => environment.step([0.5, 0.5, 0.5])).toThrow(/action\.length/);
    for (let step = 0; step < 3; step++) environment.step([0.5, 0.5]);
    expect(() => environment.step([0.5, 0.5])).toThrow(/the episode is over after 3 steps; reset first/);
    environment.reset();
    environment.step([0.5, 0.5]);
    const vector = new SubMetaverseVectorEnvironment(scenario, { numEnvs: 2 });
    expect(() => vector.step(new Float64Array(6))).toThrow(/actions\.length: 6; expected 4/);
  });
});
