import { ContractEnvironment, parseDrawnContract } from '@metalore/core/contract';
import { InvalidInputError } from '@metalore/core/errors';
import { describe, expect, it } from 'vitest';
import { evaluatePolicy } from '../training/evaluate.js';
import { GradientAscent } from './gradient-ascent.js';

const { distribution } = parseDrawnContract({ seed: 0, types: 3 });
const options = { totalTimesteps: 64 * 300, numEnvs: 64, updatesPerIteration: 50, netArch: [32, 32] };

function learner(seed = 1): GradientAscent {
  const environment = new ContractEnvironment(distribution, {
    numEnvs: 64,
    head: 'structured',
    withGradients: true,
  });
  return new GradientAscent(environment, options, seed);
}

describe('gradient ascent', () => {
  it('learns menus near the optimum in states that it never saw', () => {
    const training = learner();
    const evaluation = new ContractEnvironment(distribution, {
      numEnvs: 50,
      head: 'structured',
      withShare: true,
    });
    const share = (): number => {
      const { share: shares } = evaluatePolicy(training.policy(), evaluation, 1, 200);
      return shares.reduce((sum, value) => sum + value, 0) / 200;
    };
    expect(share()).toBeLessThan(0.8);
    while (training.timesteps < training.totalTimesteps) training.iterate();
    expect(share()).toBeGreaterThan(0.98);
    expect(share()).toBeLessThanOrEqual(1 + 1e-9);
  });

  it('gives the same bytes for the same seed, and after a snapshot', () => {
    const whole = learner(2);
    const first = learner(2);
    whole.iterate();
    first.iterate();
    const second = learner(2);
    second.restore(JSON.parse(JSON.stringify(first.snapshot())));
    expect(second.iterate()).toEqual(whole.iterate());
    expect(JSON.stringify(second.policy())).toBe(JSON.stringify(whole.policy()));
    expect(JSON.stringify(learner(3).policy())).not.toBe(JSON.stringify(learner(2).policy()));
  });

  it('refuses what has no gradient', () => {
    const environment = new ContractEnvironment(distribution, { numEnvs: 64, head: 'raw' });
    expect(() => new GradientAscent(environment, options, 1)).toThrow(InvalidInputError);
  });
});
