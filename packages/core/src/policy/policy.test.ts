import { describe, expect, it } from 'vitest';
import { parseScenario } from '../submetaverse/scenario/index.js';
import { simulate } from '../submetaverse/index.js';
import { parsePolicy, policies } from './registry.js';

const act = (text: string, observation: number[]) => {
  const action = new Float64Array(2);
  const policy = parsePolicy(text);
  policy.reset(1, 0);
  policy.act(Float64Array.from(observation), 0, action, 0, 0);
  return [...action];
};

describe('policies', () => {
  it('follow their rules', () => {
    expect(act('fixed:0.3,0.7', [])).toEqual([0.3, 0.7]);
    expect(act('demand-proportional', [350, 1050, 35, 105])).toEqual([0.25, 0.25]);
    expect(act('queue-proportional', [0, 0, 30, 10])).toEqual([0.5, 0.75]);
    expect(act('queue-proportional:3', [30, 10, 0, 10])).toEqual([0.5, 0]);
    expect(act('max-weight', [5, 6, 7, 6])).toEqual([0, 1]);
    expect(act('age-matching', [10, 30, 10, 10, 2, 0])).toEqual([0.5, 0.75]);
    expect(act('age-matching:2', [0, 0, 9, 1, 0, 2])[1]).toBeCloseTo(0.5, 12);
    act('age-aware', [9, 1, 2]).forEach((split, at) => expect(split).toBeCloseTo([0.37, 0.42][at], 12));
  });

  it.each(policies.names())('%s keeps its splits in [0, 1], the same for the same seed', (name) => {
    const policy = () => parsePolicy(name === 'fixed' ? 'fixed:0.2,0.9' : name);
    const run = () => simulate(parseScenario({}), policy(), { episodes: 2, recordSteps: true });
    const { steps, episodes } = run();
    expect(run().steps).toEqual(steps);
    for (const split of [...steps!.rhoC, ...steps!.rhoP]) {
      expect(split).toBeGreaterThanOrEqual(0);
      expect(split).toBeLessThanOrEqual(1);
    }
    expect(episodes.clippedSplits[0]).toBe(0);
  });

  it('say what is wrong with their text', () => {
    expect(() => parsePolicy('fixd:0.3')).toThrow(/unknown policy "fixd"; accepted: fixed, random/);
    for (const text of ['fixed', 'fixed:0.3', 'fixed:0.3,1.2', 'fixed:0.3,x', 'fixed:,', 'age-aware:-1']) {
      expect(() => parsePolicy(text)).toThrow(/expected/);
    }
  });
});
