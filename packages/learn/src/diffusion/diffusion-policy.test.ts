import { InvalidInputError } from '@metalore/core/errors';
import { RandomStream } from '@metalore/core/random';
import { describe, expect, it } from 'vitest';
import { Forward } from '../network/forward.js';
import { createActor, parsePolicyDocument } from '../policy-file/index.js';
import { ForwardChain } from '../policy-file/chain.js';
import type { DiffusionModel } from '../policy-file/document.js';
import { replayBatch } from '../replay/replay.js';
import { Sac } from '../sac/sac.js';
import { Bandit } from '../testing/bandit.js';
import { disturb, worstError } from '../testing/finite-differences.js';
import { LineWalk, lineActions, lineOptimum } from '../testing/line-walk.js';
import { BoxChainAgent } from './box-agent.js';
import { DiffusionPolicy } from './diffusion-policy.js';
import { DIFFUSION_PRESETS, diffusionOptionsSchema } from './options.js';

const [ROWS, STATE, ACTION] = [6, 3, 2];

function fixture(steps: number) {
  const stream = new RandomStream(4, 'diffusion policy test');
  const options = diffusionOptionsSchema.parse({ denoisingSteps: steps, netArch: [12, 8] });
  const agent = new BoxChainAgent(STATE, ACTION, options, ROWS);
  agent.initialise(stream);
  disturb(agent.critics.parameters, agent.critics.networks, stream);
  disturb(agent.critics.targetParameters, agent.critics.targets, stream);
  const batch = replayBatch(ROWS, STATE, ACTION);
  for (const array of [batch.observations, batch.actions, batch.nextObservations, batch.returns]) {
    for (let i = 0; i < array.length; i++) array[i] = stream.normal();
  }
  for (let row = 0; row < ROWS; row++) batch.discounts[row] = row % 2;
  return { agent, batch };
}

/** x_0 of every row in double precision with what the batch draws: x_N of all rows, then z, step by step. */
function samples(agent: BoxChainAgent, observations: Float32Array, seed: number): number[][] {
  const { steps } = agent.chain.settings;
  const stream = new RandomStream(seed, 'draws');
  const noise = Array.from({ length: ROWS }, () => [] as number[]);
  for (let block = 0; block < steps; block++) {
    for (let r = 0; r < ROWS; r++) for (let d = 0; d < ACTION; d++) noise[r].push(stream.normal());
  }
  const model = { ...agent.model(), encoding: { scale: 'linear', moments: null } } as DiffusionModel;
  const chain = new ForwardChain(model);
  return noise.map((draws, r) => {
    let at = 0;
    chain.condition.set(observations.subarray(r * STATE, (r + 1) * STATE));
    chain.run({ normal: () => draws[at++] } as unknown as RandomStream);
    return [...chain.data];
  });
}

function value(agent: BoxChainAgent, which: 'networks' | 'targets', state: Float32Array, action: number[]) {
  return Math.min(
    ...agent.critics[which].map((mlp) => {
      const network = new Forward(mlp.weights(), 'mish');
      network.input.set([...state, ...action]);
      network.run();
      return network.output[0];
    }),
  );
}

const stateOf = (array: Float32Array, r: number) => array.subarray(r * STATE, (r + 1) * STATE);

describe.each([1, 5, 10])('gradients of a chain of %i steps in a box', (steps) => {
  it('of the critics are those of finite differences in double precision', () => {
    const { agent, batch } = fixture(steps);
    agent.criticGradients(batch, ROWS, new RandomStream(1, 'draws'));
    const next = samples(agent, batch.nextObservations, 1);
    const targets = next.map(
      (action, r) =>
        batch.returns[r] +
        batch.discounts[r] * value(agent, 'targets', stateOf(batch.nextObservations, r), action),
    );
    const loss = () =>
      agent.critics.networks.reduce((sum, mlp) => {
        const network = new Forward(mlp.weights(), 'mish');
        return targets.reduce((inner, y, r) => {
          const action = batch.actions.subarray(r * ACTION, (r + 1) * ACTION);
          network.input.set([...stateOf(batch.observations, r), ...action]);
          network.run();
          return inner + (network.output[0] - y) ** 2 / (2 * ROWS);
        }, sum);
      }, 0);
    expect(agent.metrics['train/critic_loss']).toBeCloseTo(loss(), 4);
    expect(worstError(agent.critics.parameters, loss, 1e-3)).toBeLessThan(1e-3);
  });

  it('of the actor, through all its steps and the smaller critic, too', () => {
    const { agent, batch } = fixture(steps);
    agent.actorGradients(batch, ROWS, new RandomStream(2, 'draws'));
    const loss = () =>
      samples(agent, batch.observations, 2).reduce(
        (sum, action, r) => sum - value(agent, 'networks', stateOf(batch.observations, r), action) / ROWS,
        0,
      );
    expect(agent.metrics['train/actor_loss']).toBeCloseTo(loss(), 4);
    expect(worstError(agent.chain.parameters, loss, 2e-4)).toBeLessThan(1e-3);
  });
});

const settings = {
  totalTimesteps: 2500,
  learningStarts: 500,
  criticWarmup: 500,
  logInterval: 500,
  batchSize: 128,
  learningRate: 2e-3,
  netArch: [48, 48],
  uniformShare: 0.15,
};
const contexts = Array.from({ length: 100 }, (_, k) => -1 + (k + 0.5) / 50);

function run(learner: DiffusionPolicy | Sac) {
  while (learner.timesteps < learner.totalTimesteps) learner.iterate();
  return learner.policy();
}

describe('DiffusionPolicy', () => {
  it('finds the best action of every context of a bandit within 1e-2', () => {
    const best = (s: number) => Math.sin(2 * s);
    const policy = run(new DiffusionPolicy(new Bandit(1, (s, a) => -((a - best(s)) ** 2)), settings, 1));
    const actor = createActor(policy);
    const action = new Float64Array(1);
    const error = contexts.reduce((sum, s) => {
      actor.act(Float64Array.of(s), 0, action, 0);
      return sum + (action[0] - best(s)) ** 2 / contexts.length;
    }, 0);
    expect(error).toBeLessThan(1e-2);
  });

  it('ends at one of two equal optima, as nothing in −min Q pays for both, where SAC’s mean lies between them', () => {
    // Optima at ±1.4 of [−2, 2], ±0.7 of the unit action.
    const reward = (_s: number, a: number) => -((Math.abs(a) - 1.4) ** 2);
    const draws = (policy: ReturnType<typeof run>) => {
      const actor = createActor(policy);
      const stream = new RandomStream(5, 'two optima');
      const action = new Float64Array(1);
      return Array.from({ length: 400 }, () => {
        actor.act(Float64Array.of(0.1), 0, action, 0, stream);
        return action[0];
      });
    };
    const chain = draws(run(new DiffusionPolicy(new Bandit(1, reward), settings, 1)));
    const near = (optimum: number) => chain.filter((a) => Math.abs(a - optimum) < 0.4).length / 400;
    expect(Math.max(near(1.4), near(-1.4))).toBeGreaterThan(0.95);
    const sac = draws(run(new Sac(new Bandit(1, reward), settings, 1)));
    const mean = sac[0];
    expect(Math.abs(mean)).toBeLessThan(0.7);
  });

  it('finds the optimal policy among the actions of a line', () => {
    const options = {
      ...settings,
      totalTimesteps: 3500,
      learningStarts: 200,
      criticWarmup: 0,
      batchSize: 64,
      gamma: 0.9,
      tau: 0.02,
      netArch: [32, 32],
      denoisingSteps: 3,
      entCoef: 0.005,
      uniformShare: 0.2,
    };
    const policy = run(new DiffusionPolicy(new LineWalk(1), options, 1));
    expect(lineActions(policy)).toEqual(lineOptimum(0.9));
  });

  it('is better by the best of eight draws than by one', () => {
    const best = (s: number) => Math.sin(2 * s);
    const bandit = new Bandit(1, (s, a) => -((a - best(s)) ** 2));
    const policy = run(
      new DiffusionPolicy(
        bandit,
        { ...settings, totalTimesteps: 1500, learningRate: 1e-5, criticLearningRate: 3e-3 },
        1,
      ),
    );
    const error = (candidates: number) => {
      const actor = createActor(policy, candidates);
      const stream = new RandomStream(3, 'best of');
      const action = new Float64Array(1);
      return contexts.reduce((sum, s) => {
        actor.act(Float64Array.of(s), 0, action, 0, stream);
        return sum + (action[0] - best(s)) ** 2 / contexts.length;
      }, 0);
    };
    expect(error(8)).toBeLessThan(0.85 * error(1));
    const sac = new Sac(bandit, settings, 1).policy();
    expect(() => createActor(sac, 8)).toThrow('no critics');
  });

  it('resumed from a checkpoint goes on to the same bytes, and its policy file reads back', () => {
    const text = (learner: DiffusionPolicy) => JSON.stringify([learner.policy(), learner.snapshot()]);
    const short = { ...settings, totalTimesteps: 600, logInterval: 150, netArch: [16, 16], batchSize: 32 };
    const bandit = () => new Bandit(2, (s, a) => -((a - s) ** 2));
    const whole = new DiffusionPolicy(bandit(), short, 3);
    for (let i = 0; i < 4; i++) whole.iterate();
    const first = new DiffusionPolicy(bandit(), short, 3);
    for (let i = 0; i < 2; i++) first.iterate();
    const checkpoint = JSON.parse(JSON.stringify(first.snapshot())) as unknown;
    const second = new DiffusionPolicy(bandit(), short, 3);
    second.iterate();
    second.restore(checkpoint);
    for (let i = 0; i < 2; i++) second.iterate();
    expect(text(second)).toBe(text(whole));
    const document = whole.policy();
    expect(parsePolicyDocument(JSON.parse(JSON.stringify(document)), 'policy')).toEqual(document);
    expect(text(new DiffusionPolicy(bandit(), short, 4))).not.toBe(
      text(new DiffusionPolicy(bandit(), short, 3)),
    );
  });

  it('says what it accepts, and takes the presets of the public programs', () => {
    const bandit = new Bandit(1, () => 0);
    expect(() => new DiffusionPolicy(bandit, { denoisingSteps: 0 }, 1)).toThrow(InvalidInputError);
    expect(() => new DiffusionPolicy(bandit, { denoisingSteps: 0 }, 1)).toThrow('denoisingSteps');
    bandit.actionSpace.high[0] = Infinity;
    expect(() => new DiffusionPolicy(bandit, {}, 1)).toThrow('finite bounds');
    for (const preset of Object.values(DIFFUSION_PRESETS)) {
      expect(diffusionOptionsSchema.parse(preset)).toMatchObject(preset);
    }
  });
});
