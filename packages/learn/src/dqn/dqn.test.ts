import { InvalidInputError } from '@metalore/core/errors';
import { RandomStream } from '@metalore/core/random';
import { describe, expect, it } from 'vitest';
import { Forward } from '../network/forward.js';
import { parsePolicyDocument } from '../policy-file/index.js';
import { replayBatch } from '../replay/replay.js';
import { Bandit } from '../testing/bandit.js';
import { disturb, worstError } from '../testing/finite-differences.js';
import { LINE_SETTINGS, LineWalk, lineActions, lineOptimum } from '../testing/line-walk.js';
import { Dqn } from './dqn.js';
import { dqnOptionsSchema, type DqnInput } from './options.js';
import { QAgent } from './q-agent.js';

const settings = { ...LINE_SETTINGS, explorationFraction: 0.5, explorationFinalEps: 0.2 };
const optimal = lineOptimum(settings.gamma);

function trained(seed: number, environment = new LineWalk(1), own: DqnInput = {}) {
  const dqn = new Dqn(environment, { ...settings, ...own }, seed);
  while (dqn.timesteps < dqn.totalTimesteps) dqn.iterate();
  return dqn;
}

describe('gradients of DQN', () => {
  it('are finite differences of the double-Q loss in double precision', () => {
    const [rows, size, n] = [6, 3, 4];
    const options = dqnOptionsSchema.parse({ netArch: [16, 12] });
    const shape = { observationSize: size, maskSize: 0, rowSize: size };
    const agent = new QAgent(shape, n, options, rows);
    const stream = new RandomStream(4, 'dqn test');
    agent.initialise(stream);
    disturb(agent.critics.parameters, agent.critics.networks, stream);
    disturb(agent.critics.targetParameters, agent.critics.targets, stream);
    const batch = replayBatch(rows, size, 1);
    for (const array of [batch.observations, batch.nextObservations, batch.returns]) {
      for (let i = 0; i < array.length; i++) array[i] = stream.normal();
    }
    for (let row = 0; row < rows; row++) {
      batch.actions[row] = stream.integer(n);
      batch.discounts[row] = row % 2;
      batch.weights[row] = 0.25 + stream.uniform();
    }
    agent.gradients(batch, rows);
    const run = (network: Forward, from: Float32Array, row: number) => {
      network.input.set(from.subarray(row * size, (row + 1) * size));
      network.run();
      return [...network.output];
    };
    // The greedy action does not change within a step of the difference; its choice has no gradient.
    const own = new Forward(agent.critics.networks[0].weights());
    const target = new Forward(agent.critics.targets[0].weights());
    const values = Array.from({ length: rows }, (_, row) => {
      const q = run(own, batch.nextObservations, row);
      return run(target, batch.nextObservations, row)[q.indexOf(Math.max(...q))];
    });
    const loss = () => {
      const network = new Forward(agent.critics.networks[0].weights());
      return values.reduce((sum, value, row) => {
        const q = run(network, batch.observations, row)[batch.actions[row]];
        return (
          sum +
          (batch.weights[row] * (q - batch.returns[row] - batch.discounts[row] * value) ** 2) / (2 * rows)
        );
      }, 0);
    };
    expect(agent.metrics['train/loss']).toBeCloseTo(loss(), 4);
    expect(worstError(agent.critics.parameters, loss, 1e-3)).toBeLessThan(1e-3);
  });
});

describe('Dqn', () => {
  it('finds the optimal policy of a line of ten states on ten of ten seeds', () => {
    expect(new Set(optimal).size).toBe(2);
    for (let seed = 1; seed <= 10; seed++)
      expect([seed, lineActions(trained(seed).policy())]).toEqual([seed, optimal]);
  });

  it('finds it with replay by priority on ten of ten seeds', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const dqn = trained(seed, new LineWalk(1), { priorityExponent: 0.6 });
      expect([seed, lineActions(dqn.policy())]).toEqual([seed, optimal]);
    }
  });

  it('finds it where an action is masked, and never takes that one', () => {
    const environment = new LineWalk(1, true);
    const seen = new Set<number>();
    const step = environment.step.bind(environment);
    environment.step = (actions) => {
      seen.add(actions[0]);
      step(actions);
    };
    const dqn = trained(1, environment);
    const actions = lineActions(dqn.policy(), [1, 1, 0]);
    expect(actions).toEqual(optimal);
    expect([...seen].sort()).toEqual([0, 1]);
  });

  it.each([0, 0.6])(
    'resumed from a checkpoint goes on to the same bytes, priority %d',
    (priorityExponent) => {
      const text = (dqn: Dqn) => JSON.stringify([dqn.policy(), dqn.snapshot()]);
      const short = {
        ...settings,
        totalTimesteps: 800,
        logInterval: 200,
        learningStarts: 50,
        bufferSize: 300,
        priorityExponent,
      };
      const whole = new Dqn(new LineWalk(3), short, 3);
      for (let i = 0; i < 4; i++) whole.iterate();
      const first = new Dqn(new LineWalk(3), short, 3);
      for (let i = 0; i < 2; i++) first.iterate();
      const checkpoint = JSON.parse(JSON.stringify(first.snapshot())) as unknown;
      const second = new Dqn(new LineWalk(3), short, 3);
      second.iterate();
      second.restore(checkpoint);
      for (let i = 0; i < 2; i++) second.iterate();
      expect(text(second)).toBe(text(whole));
    },
  );

  it('writes a policy file that reads back', () => {
    const document = new Dqn(new LineWalk(1), settings, 1).policy();
    const read = parsePolicyDocument(JSON.parse(JSON.stringify(document)), 'policy');
    expect(read).toEqual(document);
    expect(read.actions).toEqual({ n: 2, names: ['left', 'right'], masked: false });
  });

  it('refuses a box, saying what is accepted', () => {
    const box = new Bandit(1, () => 0);
    expect(() => new Dqn(box, {}, 1)).toThrow(InvalidInputError);
    expect(() => new Dqn(box, {}, 1)).toThrow('DQN needs numbered actions; accepted: sac, diffusion');
  });
});
