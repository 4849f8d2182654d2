import { InvalidInputError } from '@metalore/core/errors';
import { RandomStream } from '@metalore/core/random';
import { describe, expect, it } from 'vitest';
import { Forward } from '../network/forward.js';
import type { MlpWeights } from '../network/mlp.js';
import { createActor } from '../policy-file/actor.js';
import { disturb, worstError } from '../testing/finite-differences.js';
import { LineWalk, lineActions, lineOptimum } from '../testing/line-walk.js';
import { TwoQueues } from '../testing/two-queues.js';
import { evaluatePolicy, meanOf, rollEpisodes } from '../training/evaluate.js';
import { ActorCritic } from './actor-critic.js';
import { CategoricalActions, GaussianActions } from './distribution.js';
import { generalisedAdvantages } from './gae.js';
import { bounded, countAtBounds, unbounded } from '../network/gaussian.js';
import { scheduled } from '../training/schedule.js';
import { ppoOptionsSchema } from './options.js';
import { Ppo } from './ppo.js';
import { explainedVariance, Rollout } from './rollout.js';
import { PpoUpdate, type UpdateSettings } from './update.js';

describe('generalised advantages', () => {
  const gae = (gamma: number, lambda: number, ends: number[], bootstrap = [0, 0, 0]) => {
    const advantages = new Float64Array(3);
    const returns = new Float64Array(3);
    generalisedAdvantages(
      3,
      1,
      Float64Array.from([1, 2, 3]),
      Float64Array.from([0.5, 1, 1.5]),
      Uint8Array.from(ends),
      Float64Array.from(bootstrap),
      Float64Array.from([2]),
      gamma,
      lambda,
      advantages,
      returns,
    );
    return { advantages: [...advantages], returns: [...returns] };
  };

  it('are the known answers', () => {
    // δ = (1 + 0.9·1 − 0.5, 2 + 0.9·1.5 − 1, 3 + 0.9·2 − 1.5) = (1.4, 2.35, 3.3); γλ = 0.45
    const { advantages, returns } = gae(0.9, 0.5, [0, 0, 0]);
    const expected = [1.4 + 0.45 * (2.35 + 0.45 * 3.3), 2.35 + 0.45 * 3.3, 3.3];
    expected.forEach((value, i) => expect(advantages[i]).toBeCloseTo(value, 12));
    expect(returns[1]).toBeCloseTo(expected[1] + 1, 12);
  });

  it('stop at the end of an episode, and take a cut-off one’s value', () => {
    const ended = gae(0.9, 0.5, [0, 1, 0]);
    expect(ended.advantages[1]).toBeCloseTo(2 - 1, 12);
    expect(ended.advantages[0]).toBeCloseTo(1.4 + 0.45 * 1, 12);
    const cut = gae(0.9, 0.5, [0, 1, 0], [0, 0.9 * 4, 0]);
    expect(cut.advantages[1]).toBeCloseTo(2 + 3.6 - 1, 12);
  });

  it('are returns less values at γ = λ = 1', () => {
    expect(gae(1, 1, [0, 0, 1]).returns).toEqual([6, 5, 3]);
  });
});

describe('loss', () => {
  const settings: UpdateSettings = {
    learningRate: 1e-3,
    batchSize: 9,
    nEpochs: 1,
    clipRange: 0.2,
    clipRangeVf: null,
    normalizeAdvantage: true,
    entCoef: 0.03,
    vfCoef: 0.5,
    maxGradNorm: 0.5,
    targetKl: null,
  };
  const count = 9;

  function setUp() {
    const stream = new RandomStream(11, 'loss test');
    const networks = new ActorCritic(2, 3, 2, [8, 12], count);
    networks.initialise(stream, -0.3);
    for (let i = 0; i < networks.parameters.count; i++) {
      if (networks.parameters.values[i] !== 0) networks.parameters.values[i] += 0.3 * stream.normal();
    }
    const rollout = new Rollout(3, 3, 2, 3, 2);
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < 2; k++) rollout.observations[i * 4 + k] = stream.normal();
      for (let k = 0; k < 3; k++) rollout.criticInputs[i * 4 + k] = stream.normal();
      for (let k = 0; k < 2; k++) rollout.actions[i * 2 + k] = stream.normal();
      rollout.logDensities[i] = -2 - stream.uniform();
      rollout.advantages[i] = stream.normal();
      rollout.returns[i] = stream.normal();
      rollout.values[i] = stream.normal();
    }
    return { networks, rollout };
  }

  const gaussian = ({ networks, rollout }: ReturnType<typeof setUp>) =>
    new GaussianActions(networks, rollout, 'clipped', {
      size: 2,
      names: ['a', 'b'],
      low: Float64Array.of(-1, -1),
      high: Float64Array.of(1, 1),
    });

  /** −L^CLIP + vfCoef · L^VF − entCoef · L^S, written down once more in double precision. */
  function loss({ networks, rollout }: ReturnType<typeof setUp>, options: UpdateSettings) {
    const run = (layers: MlpWeights[], inputs: Float32Array, row: number, size: number) => {
      const forward = new Forward(layers);
      forward.input.set(inputs.subarray(row * 4, row * 4 + size));
      forward.run();
      return [...forward.output];
    };
    const actor = networks.actor.weights();
    const critic = networks.critic.weights();
    const mean = rollout.advantages.reduce((sum, a) => sum + a, 0) / count;
    const deviation = Math.sqrt(
      rollout.advantages.reduce((sum, a) => sum + (a - mean) ** 2, 0) / (count - 1),
    );
    let total = 0;
    for (let i = 0; i < count; i++) {
      const mu = run(actor, rollout.observations, i, 2);
      let logDensity = 0;
      let entropy = 0;
      for (let d = 0; d < 2; d++) {
        const sigma = Math.exp(networks.logStd[d]);
        logDensity -= 0.5 * ((rollout.actions[i * 2 + d] - mu[d]) / sigma) ** 2;
        logDensity -= Math.log(sigma * Math.sqrt(2 * Math.PI));
        entropy += 0.5 * Math.log(2 * Math.PI * Math.E * sigma * sigma);
      }
      const ratio = Math.exp(logDensity - rollout.logDensities[i]);
      const advantage = (rollout.advantages[i] - mean) / (deviation + 1e-8);
      const clipped = Math.min(Math.max(ratio, 1 - options.clipRange), 1 + options.clipRange);
      let value = run(critic, rollout.criticInputs, i, 3)[0];
      if (options.clipRangeVf !== null) {
        const old = rollout.values[i];
        value = old + Math.min(Math.max(value - old, -options.clipRangeVf), options.clipRangeVf);
      }
      total -= Math.min(ratio * advantage, clipped * advantage) / count;
      total +=
        (options.vfCoef * (value - rollout.returns[i]) ** 2) / count - (options.entCoef * entropy) / count;
    }
    return total;
  }

  it.each([[null], [0.4]])(
    'has the gradients that finite differences give (clipRangeVf %s)',
    (clipRangeVf) => {
      const options = { ...settings, clipRangeVf };
      const state = setUp();
      const update = new PpoUpdate(state.networks, state.rollout, gaussian(state), count);
      update.gradients(
        Uint32Array.from({ length: count }, (_, i) => i),
        0,
        count,
        options,
      );
      const { values, gradients } = state.networks.parameters;
      const analytic = Float64Array.from(gradients);
      let moved = 0;
      for (let i = 0; i < values.length; i++) {
        const centre = values[i];
        values[i] = centre + 3e-4;
        const [above, high] = [loss(state, options), values[i]];
        values[i] = centre - 3e-4;
        const [below, low] = [loss(state, options), values[i]];
        values[i] = centre;
        const slope = (above - below) / (high - low);
        if (slope !== 0) moved++;
        expect(Math.abs(analytic[i] - slope)).toBeLessThan(2e-4 * Math.max(1, Math.abs(slope)));
      }
      expect(moved).toBeGreaterThan(250);
      const { policyLoss, valueLoss } = update.batch;
      const entropy = 1 + Math.log(2 * Math.PI) + state.networks.logStd[0] + state.networks.logStd[1];
      expect(policyLoss + 0.5 * valueLoss - 0.03 * entropy).toBeCloseTo(loss(state, options), 5);
    },
  );

  it.each([[false], [true]])(
    'has them among numbered actions too (masked %s), entropy bonus included',
    (masked) => {
      const n = 3;
      const stream = new RandomStream(12, 'categorical loss test');
      const networks = new ActorCritic(2, 3, n, [8, 12], count);
      networks.initialise(stream, 0);
      disturb(networks.parameters, [networks.actor, networks.critic], stream);
      const rollout = new Rollout(3, 3, 2, 3, 1);
      const masks = Uint8Array.from({ length: count * n }, (_, at) => (masked && at % 5 === 4 ? 0 : 1));
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < 2; k++) rollout.observations[i * 4 + k] = stream.normal();
        for (let k = 0; k < 3; k++) rollout.criticInputs[i * 4 + k] = stream.normal();
        do rollout.actions[i] = stream.integer(n);
        while (masks[i * n + rollout.actions[i]] === 0);
        rollout.logDensities[i] = -1.1 - 0.2 * stream.normal();
        rollout.advantages[i] = stream.normal();
        rollout.returns[i] = stream.normal();
      }
      const space = { n, names: ['a', 'b', 'c'] };
      const distribution = new CategoricalActions(networks, rollout, space, masked ? masks : undefined);
      const update = new PpoUpdate(networks, rollout, distribution, count);
      const options = { ...settings, normalizeAdvantage: false };
      update.gradients(
        Uint32Array.from({ length: count }, (_, i) => i),
        0,
        count,
        options,
      );
      let entropies = 0;
      const total = () => {
        const run = (layers: MlpWeights[], inputs: Float32Array, row: number, size: number) => {
          const forward = new Forward(layers);
          forward.input.set(inputs.subarray(row * 4, row * 4 + size));
          forward.run();
          return [...forward.output];
        };
        let sum = 0;
        entropies = 0;
        for (let i = 0; i < count; i++) {
          const logits = run(networks.actor.weights(), rollout.observations, i, 2);
          const weights = logits.map((x, a) => (masked && masks[i * n + a] === 0 ? 0 : Math.exp(x)));
          const all = weights.reduce((s, w) => s + w, 0);
          const p = weights.map((w) => w / all);
          const entropy = p.reduce((s, x) => (x === 0 ? s : s - x * Math.log(x)), 0);
          entropies += entropy / count;
          const ratio = p[rollout.actions[i]] / Math.exp(rollout.logDensities[i]);
          const clipped = Math.min(Math.max(ratio, 0.8), 1.2);
          const advantage = rollout.advantages[i];
          const value = run(networks.critic.weights(), rollout.criticInputs, i, 3)[0];
          sum -= Math.min(ratio * advantage, clipped * advantage) / count;
          sum += (0.5 * (value - rollout.returns[i]) ** 2 - 0.03 * entropy) / count;
        }
        return sum;
      };
      const { policyLoss, valueLoss } = update.batch;
      expect(policyLoss + 0.5 * valueLoss - 0.03 * distribution.entropy).toBeCloseTo(total(), 5);
      expect(distribution.entropy).toBeCloseTo(entropies, 5);
      expect(worstError(networks.parameters, total, 3e-4)).toBeLessThan(1e-3);
    },
  );

  it('stops the epochs when the divergence exceeds 1.5 times its target', () => {
    const state = setUp();
    const update = new PpoUpdate(state.networks, state.rollout, gaussian(state), count);
    const metrics = update.run({ ...settings, nEpochs: 50, targetKl: 1e-6 }, new RandomStream(1, 'x'));
    expect(metrics.stoppedByKl).toBe(true);
    expect(metrics.updates).toBe(0);
  });
});

describe('actions', () => {
  it('stay within their bounds under both heads', () => {
    expect(bounded('clipped', 1.7, 0, 1)).toBe(1);
    expect(bounded('squashed', 0, 0, 1)).toBe(0.5);
    expect(bounded('squashed', 100, -2, 2)).toBe(2);
  });

  it('are counted where they sit on a bound', () => {
    const space = new TwoQueues(1).actionSpace;
    expect(countAtBounds(Float64Array.from([0, 0.5, 0.9995, 0.01]), space)).toBe(2);
  });
});

describe('options', () => {
  it('are the defaults of Stable-Baselines3', () => {
    expect(ppoOptionsSchema.parse({})).toMatchObject({
      learningRate: 3e-4,
      nSteps: 2048,
      batchSize: 64,
      nEpochs: 10,
      gamma: 0.99,
      gaeLambda: 0.95,
      clipRange: 0.2,
      clipRangeVf: null,
      normalizeAdvantage: true,
      entCoef: 0,
      vfCoef: 0.5,
      maxGradNorm: 0.5,
      targetKl: null,
      netArch: [64, 64],
    });
  });

  it('name every mistake at once', () => {
    const wrong = () => new Ppo(new TwoQueues(1), { gamma: 2, nSteps: 0 }, 1);
    expect(wrong).toThrow(InvalidInputError);
    expect(wrong).toThrow(/gamma[\s\S]*nSteps|nSteps[\s\S]*gamma/);
  });

  it('follow linear schedules', () => {
    expect(scheduled({ initial: 4, final: 2 }, 0.25)).toBe(3.5);
    expect(explainedVariance(Float64Array.from([1, 2]), Float64Array.from([1, 2]))).toBe(1);
  });
});

describe('Ppo', () => {
  const options = {
    totalTimesteps: 80_000,
    nSteps: 50,
    batchSize: 200,
    learningRate: { initial: 2e-3, final: 0 },
    gamma: 0.95,
    head: 'squashed' as const,
    asymmetricCritic: true,
  };

  it('beats every fixed split of two queues on unseen episodes', () => {
    const test = new TwoQueues(100);
    const reward = (share: number) =>
      meanOf(rollEpisodes(test, (_, actions) => actions.fill(share), 99, 200)['reward']);
    const bestFixed = Math.max(...Array.from({ length: 21 }, (_, i) => reward(i / 20)));
    const ppo = new Ppo(new TwoQueues(16), options, 1);
    while (ppo.timesteps < ppo.totalTimesteps) ppo.iterate();
    const learned = meanOf(evaluatePolicy(ppo.policy(), test, 99, 200)['reward']);
    expect(learned).toBeGreaterThan(0.65 * bestFixed);
  });

  it('resumed from a checkpoint goes on to the same bytes', () => {
    const text = (ppo: Ppo) => JSON.stringify([ppo.policy(), ppo.snapshot()]);
    const short = { ...options, nSteps: 37 };
    const whole = new Ppo(new TwoQueues(4), short, 3);
    for (let i = 0; i < 5; i++) whole.iterate();
    const first = new Ppo(new TwoQueues(4), short, 3);
    for (let i = 0; i < 2; i++) first.iterate();
    const checkpoint = JSON.parse(JSON.stringify(first.snapshot())) as unknown;
    const second = new Ppo(new TwoQueues(4), short, 3);
    second.iterate();
    second.restore(checkpoint);
    for (let i = 0; i < 3; i++) second.iterate();
    expect(text(second)).toBe(text(whole));
  });

  it('starts at the action it is told, under both heads', () => {
    for (const head of ['clipped', 'squashed'] as const) {
      const ppo = new Ppo(new TwoQueues(1), { head, initialAction: [0.3] }, 1);
      const action = new Float64Array(1);
      createActor(ppo.policy()).act(Float64Array.from([1, 2]), 0, action, 0);
      expect(action[0]).toBeCloseTo(0.3, 1);
      expect(() => new Ppo(new TwoQueues(1), { head, initialAction: [1] }, 1)).toThrow('strictly inside');
    }
    expect(bounded('squashed', unbounded('squashed', 0.3, -1, 2), -1, 2)).toBeCloseTo(0.3, 12);
  });

  it('finds the optimal policy of a line of ten states, and never takes what is masked', () => {
    const options = {
      totalTimesteps: 60_000,
      numEnvs: 16,
      nSteps: 64,
      batchSize: 128,
      learningRate: { initial: 5e-3, final: 0 },
      gamma: 0.9,
      entCoef: 0.01,
      netArch: [32],
    };
    const environment = new LineWalk(16, true);
    const ppo = new Ppo(environment, options, 1);
    let falls = 0;
    const step = environment.step.bind(environment);
    environment.step = (actions) => {
      for (const action of actions) if (action === 2) falls++;
      step(actions);
    };
    while (ppo.timesteps < ppo.totalTimesteps) ppo.iterate();
    expect(falls).toBe(0);
    expect(lineActions(ppo.policy(), [1, 1, 0])).toEqual(lineOptimum(0.9));
    expect(() => new Ppo(environment, { initialAction: [1] }, 1)).toThrow('numbered actions');
  });

  it('depends on its seed and on nothing else', () => {
    const train = (seed: number) => {
      const ppo = new Ppo(new TwoQueues(4), options, seed);
      ppo.iterate();
      return JSON.stringify(ppo.policy());
    };
    expect(train(1)).toBe(train(1));
    expect(train(2)).not.toBe(train(1));
  });
});
