import { RandomStream } from '@metalore/core/random';
import { describe, expect, it } from 'vitest';
import { ChainLogits } from '../diffusion/chain-logits.js';
import { diffusionOptionsSchema } from '../diffusion/options.js';
import { ForwardChain } from '../policy-file/chain.js';
import { Forward } from '../network/forward.js';
import { replayBatch } from '../replay/replay.js';
import { Sac } from '../sac/sac.js';
import { sacOptionsSchema } from '../sac/options.js';
import { disturb, worstError } from '../testing/finite-differences.js';
import {
  LINE_SETTINGS,
  LineWalk,
  lineActions,
  lineOptimum,
  lineState,
  lineValues,
} from '../testing/line-walk.js';
import { CategoricalAgent } from './categorical-agent.js';
import { PerceptronLogits } from './logits.js';

const [ROWS, SIZE, N] = [6, 3, 4];
const ALPHA = 0.3;

function fixture(masked: boolean, steps = 0) {
  const stream = new RandomStream(4, 'categorical test');
  const maskSize = masked ? N : 0;
  const shape = { observationSize: SIZE, maskSize, rowSize: SIZE + maskSize };
  const common = { netArch: [16, 12], entCoef: ALPHA };
  const options = sacOptionsSchema.parse(common);
  const chainOptions = diffusionOptionsSchema.parse({ ...common, denoisingSteps: steps || 1 });
  const perceptron = new PerceptronLogits(SIZE, N, options, ROWS);
  const chain = new ChainLogits(SIZE, N, chainOptions, ROWS);
  const logits = steps === 0 ? perceptron : chain;
  const agent = new CategoricalAgent(shape, N, logits, options, ROWS);
  agent.initialise(stream);
  if (steps === 0) disturb(logits.parameters, [perceptron.network], stream);
  disturb(agent.critics.parameters, agent.critics.networks, stream);
  disturb(agent.critics.targetParameters, agent.critics.targets, stream);
  const batch = replayBatch(ROWS, shape.rowSize, 1);
  for (const array of [batch.observations, batch.nextObservations, batch.returns]) {
    for (let i = 0; i < array.length; i++) array[i] = stream.normal();
  }
  for (let row = 0; row < ROWS; row++) {
    batch.actions[row] = stream.integer(2);
    batch.discounts[row] = row % 2;
    if (!masked) continue;
    for (const array of [batch.observations, batch.nextObservations]) {
      for (let a = 0; a < N; a++) array[row * shape.rowSize + SIZE + a] = a === row % N && a > 1 ? 0 : 1;
    }
  }
  return { agent, batch, shape };
}

/** π and min Q of a row in double precision. */
function twin({ agent, shape }: Pick<ReturnType<typeof fixture>, 'agent' | 'shape'>) {
  const run = (network: Forward, state: ArrayLike<number>) => {
    network.input.set(state);
    network.run();
    return [...network.output];
  };
  const model = agent.model();
  const perceptron = model.kind === 'network' ? new Forward(model.layers, model.activation) : undefined;
  const chain =
    model.kind === 'diffusion'
      ? new ForwardChain({ ...model, encoding: { scale: 'linear', moments: null } })
      : undefined;
  const row = (array: Float32Array, r: number) => {
    const from = array.subarray(r * shape.rowSize, (r + 1) * shape.rowSize);
    return { state: from.subarray(0, SIZE), mask: shape.maskSize > 0 ? from.subarray(SIZE) : undefined };
  };
  /** @param noise the numbers that the batch drew for this row, in the chain's order */
  const distribution = (array: Float32Array, r: number, noise: readonly number[]) => {
    const { state, mask } = row(array, r);
    let logits: number[];
    if (chain === undefined) logits = run(perceptron!, state);
    else {
      let at = 0;
      chain.condition.set(state);
      chain.run({ normal: () => noise[at++] } as unknown as RandomStream);
      logits = [...chain.data];
    }
    const weights = logits.map((x, a) => (mask?.[a] === 0 ? 0 : Math.exp(x)));
    const sum = weights.reduce((s, w) => s + w, 0);
    return weights.map((w) => w / sum);
  };
  const minimum = (which: 'networks' | 'targets', array: Float32Array, r: number) => {
    const all = agent.critics[which].map((mlp) => run(new Forward(mlp.weights()), row(array, r).state));
    return all[0].map((_, a) => Math.min(...all.map((q) => q[a])));
  };
  return { distribution, minimum, row, run };
}

/** What a batch's chain draws, row by row: x_N of all rows, then z of all rows, step by step. */
function noiseOf(steps: number, seed: number): number[][] {
  const stream = new RandomStream(seed, 'draws');
  const rows = Array.from({ length: ROWS }, () => [] as number[]);
  for (let block = 0; block < steps; block++) {
    for (let r = 0; r < ROWS; r++) for (let a = 0; a < N; a++) rows[r].push(stream.normal());
  }
  return rows;
}

const soft = (p: readonly number[], q: readonly number[]) =>
  p.reduce((sum, x, a) => (x === 0 ? sum : sum + x * (q[a] - ALPHA * Math.log(x))), 0);

describe.each([
  ['a perceptron', false, 0],
  ['a perceptron with masks', true, 0],
  ['a chain of 1 step', false, 1],
  ['a chain of 5 steps with masks', true, 5],
  ['a chain of 10 steps', false, 10],
] as const)('gradients of soft actor-critic among actions by %s', (_, masked, steps) => {
  it('of the critics are those of finite differences in double precision', () => {
    const { agent, batch, shape } = fixture(masked, steps);
    agent.criticGradients(batch, ROWS, new RandomStream(1, 'draws'));
    const { distribution, minimum } = twin({ agent, shape });
    const noise = noiseOf(steps, 1);
    const targets = noise.map((draws, r) => {
      const p = distribution(batch.nextObservations, r, draws);
      return batch.returns[r] + batch.discounts[r] * soft(p, minimum('targets', batch.nextObservations, r));
    });
    const loss = () => {
      const { row, run } = twin({ agent, shape });
      return agent.critics.networks.reduce(
        (sum, mlp) =>
          targets.reduce((inner, y, r) => {
            const q = run(new Forward(mlp.weights()), row(batch.observations, r).state);
            return inner + (q[batch.actions[r]] - y) ** 2 / (2 * ROWS);
          }, sum),
        0,
      );
    };
    expect(agent.metrics['train/critic_loss']).toBeCloseTo(loss(), 4);
    expect(worstError(agent.critics.parameters, loss, 1e-3)).toBeLessThan(1e-3);
  });

  it('of the actor, through its softmax and all steps of a chain, too', () => {
    const { agent, batch, shape } = fixture(masked, steps);
    agent.actorGradients(batch, ROWS, new RandomStream(2, 'draws'));
    const noise = noiseOf(steps, 2);
    const { minimum } = twin({ agent, shape });
    const q = noise.map((_draws, r) => minimum('networks', batch.observations, r));
    const loss = () => {
      const { distribution } = twin({ agent, shape });
      return noise.reduce(
        (sum, draws, r) => sum - soft(distribution(batch.observations, r, draws), q[r]) / ROWS,
        0,
      );
    };
    expect(agent.metrics['train/actor_loss']).toBeCloseTo(loss(), 4);
    expect(worstError(agent.logits.parameters, loss, steps === 0 ? 1e-3 : 2e-4)).toBeLessThan(1e-3);
  });
});

describe('Sac among actions', () => {
  const settings = { ...LINE_SETTINGS, uniformShare: 0.2 };
  const trained = (seed: number, options: object) => {
    const sac = new Sac(new LineWalk(1), { ...settings, ...options }, seed);
    while (sac.timesteps < sac.totalTimesteps) sac.iterate();
    return sac;
  };

  it('finds the optimal policy of a line of ten states on ten of ten seeds where α is small', () => {
    const optimal = lineOptimum(settings.gamma);
    for (let seed = 1; seed <= 10; seed++) {
      expect([seed, lineActions(trained(seed, { entCoef: 0.005 }).policy())]).toEqual([seed, optimal]);
    }
  });

  it('has the entropy-regularised values of soft value iteration to 2 %', () => {
    const alpha = 0.1;
    const options = {
      entCoef: alpha,
      totalTimesteps: 12_000,
      learningRate: { initial: 3e-3, final: 0 },
      batchSize: 256,
    };
    const sac = trained(1, options);
    const exact = lineValues(settings.gamma, alpha);
    const agent = sac.agent as CategoricalAgent;
    const rows = Float32Array.from(exact.flatMap((_, k) => [...lineState(k)]));
    const q = new Float64Array(64);
    agent.critics.minimum('networks', rows, exact.length, q);
    exact.forEach((values, k) =>
      values.forEach((value, a) => expect(Math.abs(q[2 * k + a] / value - 1)).toBeLessThan(0.02)),
    );
  });
});
