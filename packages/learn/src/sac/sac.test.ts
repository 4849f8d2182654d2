import { InvalidInputError } from '@metalore/core/errors';
import { RandomStream } from '@metalore/core/random';
import { describe, expect, it } from 'vitest';
import { Forward } from '../network/forward.js';
import type { Mlp } from '../network/mlp.js';
import { createActor } from '../policy-file/actor.js';
import { replayBatch } from '../replay/replay.js';
import { Bandit } from '../testing/bandit.js';
import { disturb, worstError } from '../testing/finite-differences.js';
import { TwoQueues } from '../testing/two-queues.js';
import { evaluatePolicy, meanOf, rollEpisodes } from '../training/evaluate.js';
import { GaussianAgent } from './gaussian-agent.js';
import { sacOptionsSchema } from './options.js';
import { Sac } from './sac.js';

const ROWS = 6;
const [STATE, ACTION] = [3, 2];

function fixture() {
  const stream = new RandomStream(4, 'sac test');
  const options = sacOptionsSchema.parse({ entCoef: 0.3, netArch: [16, 12] });
  const agent = new GaussianAgent(STATE, ACTION, options, ROWS);
  agent.initialise(stream);
  const { actor, critics } = agent;
  disturb(actor.parameters, [actor], stream);
  disturb(critics.parameters, critics.networks, stream);
  disturb(critics.targetParameters, critics.targets, stream);
  const batch = replayBatch(ROWS, STATE, ACTION);
  for (const array of [batch.observations, batch.actions, batch.nextObservations]) {
    for (let i = 0; i < array.length; i++) array[i] = stream.normal();
  }
  for (let row = 0; row < ROWS; row++) {
    batch.returns[row] = stream.normal();
    batch.discounts[row] = row % 2;
  }
  return { agent, batch };
}

/** The double-precision twin: a, ln π by the density itself, min Q. */
function twin(agent: GaussianAgent) {
  const actor = new Forward(agent.actor.weights());
  const run = (network: Forward, ...inputs: number[]) => {
    network.input.set(inputs);
    network.run();
    return network.output;
  };
  const minimum = (critics: readonly Mlp[], state: number[], action: number[]) =>
    Math.min(...critics.map((critic) => run(new Forward(critic.weights()), ...state, ...action)[0]));
  const draw = (state: number[], stream: RandomStream) => {
    const output = [...run(actor, ...state)];
    const action: number[] = [];
    let density = 0;
    for (let d = 0; d < ACTION; d++) {
      const std = Math.exp(output[ACTION + d]);
      const u = output[d] + std * stream.normal();
      const z = (u - output[d]) / std;
      action.push(Math.tanh(u));
      density += -0.5 * z * z - Math.log(std * Math.sqrt(2 * Math.PI)) - Math.log(1 - Math.tanh(u) ** 2);
    }
    return { action, density };
  };
  return { draw, minimum, run };
}

const row = (array: Float32Array, size: number, at: number) => [
  ...array.subarray(at * size, (at + 1) * size),
];

describe('gradients of SAC', () => {
  it('of the critics are those of finite differences in double precision', () => {
    const { agent, batch } = fixture();
    const { critics } = agent;
    agent.criticGradients(batch, ROWS, new RandomStream(1, 'draws'));
    const loss = () => {
      const { draw, minimum, run } = twin(agent);
      const stream = new RandomStream(1, 'draws');
      let sum = 0;
      for (let r = 0; r < ROWS; r++) {
        const next = row(batch.nextObservations, STATE, r);
        const { action, density } = draw(next, stream);
        const value = minimum(critics.targets, next, action) - 0.3 * density;
        const y = batch.returns[r] + batch.discounts[r] * value;
        const inputs = [...row(batch.observations, STATE, r), ...row(batch.actions, ACTION, r)];
        for (const critic of critics.networks) {
          sum += (run(new Forward(critic.weights()), ...inputs)[0] - y) ** 2 / (2 * ROWS);
        }
      }
      return sum;
    };
    expect(agent.metrics['train/critic_loss']).toBeCloseTo(loss(), 4);
    expect(worstError(critics.parameters, loss, 1e-3)).toBeLessThan(1e-3);
  });

  it('of the actor, through its own draws and the smaller critic, too', () => {
    const { agent, batch } = fixture();
    agent.actorGradients(batch, ROWS, new RandomStream(2, 'draws'));
    const loss = () => {
      const { draw, minimum } = twin(agent);
      const stream = new RandomStream(2, 'draws');
      let sum = 0;
      for (let r = 0; r < ROWS; r++) {
        const state = row(batch.observations, STATE, r);
        const { action, density } = draw(state, stream);
        sum += (0.3 * density - minimum(agent.critics.networks, state, action)) / ROWS;
      }
      return sum;
    };
    expect(agent.metrics['train/actor_loss']).toBeCloseTo(loss(), 4);
    expect(worstError(agent.actor.parameters, loss, 1e-3)).toBeLessThan(1e-3);
  });
});

describe('Sac', () => {
  const options = { totalTimesteps: 2100, learningStarts: 100, logInterval: 300, batchSize: 64 };
  const text = (sac: Sac) => JSON.stringify([sac.policy(), sac.snapshot()]);

  it('finds the best action of every context of a bandit', () => {
    const best = (s: number) => Math.sin(2 * s);
    const environment = new Bandit(1, (s, a) => -((a - best(s)) ** 2));
    const sac = new Sac(environment, { ...options, batchSize: 256, learningRate: 2e-3 }, 1);
    while (sac.timesteps < sac.totalTimesteps) sac.iterate();
    const actor = createActor(sac.policy());
    const action = new Float64Array(1);
    let error = 0;
    for (let k = 0; k < 200; k++) {
      const s = -1 + (k + 0.5) / 100;
      actor.act(Float64Array.of(s), 0, action, 0);
      error += (action[0] - best(s)) ** 2 / 200;
    }
    expect(error).toBeLessThan(1e-2);
  });

  it('beats every fixed split of two queues on unseen episodes', () => {
    const test = new TwoQueues(100);
    const reward = (share: number) =>
      meanOf(rollEpisodes(test, (_, actions) => actions.fill(share), 99, 200)['reward']);
    const bestFixed = Math.max(...Array.from({ length: 21 }, (_, i) => reward(i / 20)));
    const settings = { ...options, totalTimesteps: 12_000, learningRate: 2e-3, gamma: 0.95 };
    const sac = new Sac(new TwoQueues(4), { ...settings, observationScale: 'log' }, 1);
    while (sac.timesteps < sac.totalTimesteps) sac.iterate();
    expect(meanOf(evaluatePolicy(sac.policy(), test, 99, 200)['reward'])).toBeGreaterThan(0.65 * bestFixed);
  });

  it('resumed from a checkpoint goes on to the same bytes, replay included', () => {
    const short = { ...options, bufferSize: 150, nSteps: 3, logInterval: 60, learningStarts: 20 };
    const whole = new Sac(new TwoQueues(4), short, 3);
    for (let i = 0; i < 5; i++) whole.iterate();
    const first = new Sac(new TwoQueues(4), short, 3);
    for (let i = 0; i < 2; i++) first.iterate();
    const checkpoint = JSON.parse(JSON.stringify(first.snapshot())) as unknown;
    const second = new Sac(new TwoQueues(4), short, 3);
    second.iterate();
    second.restore(checkpoint);
    for (let i = 0; i < 3; i++) second.iterate();
    expect(text(second)).toBe(text(whole));
  });

  it('depends on its seed and on nothing else', () => {
    const train = (seed: number) => {
      const sac = new Sac(new TwoQueues(4), options, seed);
      sac.iterate();
      return text(sac);
    };
    expect(train(1)).toBe(train(1));
    expect(train(2)).not.toBe(train(1));
  });

  it('names every mistake, and the actions without bounds', () => {
    expect(() => new Sac(new TwoQueues(1), { gamma: 2, tau: 0 }, 1)).toThrow(
      /gamma[\s\S]*tau|tau[\s\S]*gamma/,
    );
    const open = new TwoQueues(1);
    open.actionSpace.high[0] = Infinity;
    expect(() => new Sac(open, {}, 1)).toThrow(InvalidInputError);
    expect(() => new Sac(open, {}, 1)).toThrow('finite bounds');
  });
});
