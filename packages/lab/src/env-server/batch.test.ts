import { parseScenario } from '@metalore/core/scenario';
import { SubMetaverseEnvironment } from '@metalore/core/submetaverse';
import { describe, expect, it } from 'vitest';
import { EnvironmentBatch } from './batch.js';

const ALL = Uint8Array.of(1, 1, 1);
const seedsOf = (...seeds: number[]) => Float64Array.from(seeds);

/** A split that differs from step to step. */
const splitAt = (step: number, part: number) => ((step * 7 + part * 3) % 11) / 10;

describe('a batch of environments for another process', () => {
  for (const set of [
    {},
    { sensors: { discipline: 'freshest' } },
    {
      cells: [
        { xM: 50, yM: 50 },
        { xM: 150, yM: 150 },
      ],
    },
  ]) {
    it(`equals single environments, to the bit: ${JSON.stringify(set)}`, () => {
      const scenario = parseScenario({ episodeSteps: 40, ...set });
      const batch = new EnvironmentBatch(scenario, 3, 'same-step');
      const single = new SubMetaverseEnvironment(scenario);
      batch.reset(seedsOf(5, 6, 7), ALL);
      let { observation } = single.reset({ seed: 6 });
      const size = batch.observationSize;
      for (let step = 0; step < 100; step++) {
        expect(batch.observations.slice(size, 2 * size)).toEqual(observation);
        const action = Float64Array.from({ length: batch.actionSize }, (_, part) => splitAt(step, part));
        batch.step(Float64Array.from([...action, ...action, ...action]));
        const next = single.step(action);
        expect(batch.rewards[1]).toBe(next.reward);
        expect(batch.truncated[1]).toBe(next.truncated ? 1 : 0);
        if (next.truncated) expect(batch.finalObservations.slice(size, 2 * size)).toEqual(next.observation);
        observation = next.truncated ? single.reset().observation : next.observation;
      }
    });
  }

  it('moves nothing when an action or a seed is wrong', () => {
    const batch = new EnvironmentBatch(parseScenario({}), 3, 'disabled');
    batch.reset(seedsOf(1, 2, 3), ALL);
    const before = JSON.stringify(batch.snapshot());
    expect(() => batch.step(Float64Array.of(0, 0, 0, 0, 0, NaN))).toThrow('actions[2][1]: NaN');
    expect(() => batch.step(Float64Array.of(0, 0, Infinity, 0, 0, 0))).toThrow('actions[1][0]: Infinity');
    expect(() => batch.step(new Float64Array(4))).toThrow('expected 3 × 2');
    expect(() => batch.reset(seedsOf(1, -2, 3), ALL)).toThrow('seeds[1]: -2');
    expect(() => batch.reset(seedsOf(1, 2, 0.5), ALL)).toThrow('seeds[2]: 0.5');
    expect(JSON.stringify(batch.snapshot())).toBe(before);
  });

  it('refuses a step past the end without autoreset', () => {
    const batch = new EnvironmentBatch(parseScenario({ episodeSteps: 2 }), 1, 'disabled');
    batch.step(Float64Array.of(1, 1));
    batch.step(Float64Array.of(1, 1));
    expect(() => batch.step(Float64Array.of(1, 1))).toThrow('its episode has ended');
  });
});
