import { expect, it } from 'vitest';
import { Pendulum } from '../testing/pendulum.js';
import { evaluatePolicy, meanOf } from '../training/evaluate.js';
import { Sac } from './sac.js';

it('swings a pendulum up within 8,000 steps: above −200 in the mean of 100 episodes', () => {
  const options = { totalTimesteps: 8000, learningStarts: 1000, batchSize: 128, learningRate: 3e-3 };
  const sac = new Sac(new Pendulum(1), { ...options, activation: 'relu' }, 1);
  while (sac.timesteps < sac.totalTimesteps) sac.iterate();
  const { reward } = evaluatePolicy(sac.policy(), new Pendulum(100), 7, 100);
  expect(meanOf(reward)).toBeGreaterThan(-200);
});
