import { RandomStream } from '@metalore/core/random';
import { describe, expect, it } from 'vitest';
import { Kernel } from '../kernel/kernel.js';
import type { MlpWeights } from '../network/mlp.js';
import { Parameters } from '../network/parameters.js';
import { worstError } from '../testing/finite-differences.js';
import { DenoisingChain, type ChainSettings } from './chain.js';
import { diffusionSchedule, timeEmbedding } from '../network/diffusion-schedule.js';
import { exactChain } from '../testing/exact-chain.js';

/** N, i, β, ᾱ, c1, c2, σ, computed with mpmath at 30 digits. */
const TABLE = [
  [1, 1, 0.993590666554, 0.00640933344626, 1, 0, 0],
  [5, 1, 0.195874558333, 0.804125441667, 1, 0, 0],
  [5, 3, 0.635781020428, 0.158500108678, 0.498410278896, 0.405078115721, 0.653254675517],
  [5, 5, 0.835031379177, 0.00640933344626, 0.165653666979, 0.392901340213, 0.898758099376],
  [10, 1, 0.0577644664088, 0.942235533591, 1, 0, 0],
  [10, 5, 0.365869176743, 0.275959820986, 0.333347077236, 0.621209835735, 0.534241175627],
  [10, 10, 0.613452298723, 0.00640933344626, 0.0795020231566, 0.615364806796, 0.779212575417],
  [100, 1, 0.00149388304419, 0.998506116956, 1, 0, 0],
  [100, 50, 0.0487753316345, 0.275959820986, 0.0362843158633, 0.956246641202, 0.218682636244],
  [100, 100, 0.0947145765699, 0.00640933344626, 0.00802089790156, 0.950822743367, 0.307653464323],
];

describe('schedule', () => {
  it.each(TABLE)('N = %i, i = %i is the table’s', (n, i, ...expected) => {
    const { beta, alphaBar, fromData, fromNoisy, sigma } = diffusionSchedule(n);
    const got = [beta, alphaBar, fromData, fromNoisy, sigma].map((array) => array[i - 1]);
    got.forEach((value, k) => expect(Math.abs(value - expected[k])).toBeLessThan(2e-11));
  });

  it.each([
    [0, 1],
    [2, 0.5],
    [-1, 0.4],
    [0.5, 2],
  ])('with the exact E[x_0 | x_i] of N(%d, %d²) ends at that mean and variance', (m, s) => {
    const { mean, variance } = exactChain(1000, m, s);
    expect(Math.abs(mean - m)).toBeLessThan(0.02 * Math.max(1, Math.abs(m)));
    expect(Math.abs(variance / (s * s) - 1)).toBeLessThan(0.02);
  });

  it('loses variance on narrow data, less the longer the chain', () => {
    const shares = [1000, 10_000].map((steps) => 1 - exactChain(steps, -1, 0.1).variance / 0.01);
    expect(shares[0]).toBeGreaterThan(0.05);
    expect(shares[1]).toBeLessThan(0.01);
  });

  it('has at least one step', () => {
    expect(() => diffusionSchedule(0)).toThrow('at least 1');
    expect(() => diffusionSchedule(2.5)).toThrow('at least 1');
  });
});

const ROWS = 5;
const settingsOf = (steps: number, prediction: 'sample' | 'noise', bounded: boolean): ChainSettings => ({
  dataSize: 2,
  conditionSize: 3,
  netArch: [12, 8],
  steps,
  prediction,
  bounded,
});

function fixture(settings: ChainSettings) {
  const count = DenoisingChain.parameterCount(settings);
  const kernel = new Kernel(Parameters.floats(count) + DenoisingChain.floats(settings, ROWS));
  const parameters = new Parameters(kernel, count);
  const chain = new DenoisingChain(parameters, settings, ROWS);
  const stream = new RandomStream(3, 'chain test');
  chain.initialise(stream);
  const conditions = Float64Array.from({ length: ROWS * 3 }, () => Math.fround(stream.normal()));
  const weights = Float64Array.from({ length: ROWS * 2 }, () => stream.normal());
  return { chain, parameters, conditions, weights };
}

/** The perceptron in double precision and plain loops. */
function perceptron(layers: readonly MlpWeights[], input: readonly number[]): number[] {
  return layers.reduce<number[]>(
    (x, layer, l) =>
      layer.weights.map((weights, o) => {
        const y = weights.reduce((sum, w, i) => sum + w * x[i], layer.biases[o]);
        return l === layers.length - 1 ? y : y * Math.tanh(Math.log(1 + Math.exp(y)));
      }),
    [...input],
  );
}

function estimates(chain: DenoisingChain, step: number, noisy: number[], condition: number[]): number[] {
  const { prediction, bounded } = chain.settings;
  const alphaBar = chain.schedule.alphaBar[step - 1];
  const said = perceptron(chain.network.weights(), [...noisy, ...timeEmbedding(step), ...condition]);
  if (prediction === 'sample') return bounded ? said.map(Math.tanh) : said;
  const raw = said.map((e, d) => (noisy[d] - Math.sqrt(1 - alphaBar) * e) / Math.sqrt(alphaBar));
  return bounded ? raw.map((x) => Math.min(1, Math.max(-1, x))) : raw;
}

/** x_0 of all rows with the noise drawn as the chain draws it: for all rows x_N, then for all rows z, step by step. */
function sampled(chain: DenoisingChain, conditions: Float64Array, stream: RandomStream): number[] {
  const { steps } = chain.settings;
  const { fromData, fromNoisy, sigma } = chain.schedule;
  let x = Array.from({ length: ROWS * 2 }, () => stream.normal());
  for (let i = steps; i >= 1; i--) {
    const before = x;
    const clean = Array.from({ length: ROWS }, (_, r) =>
      estimates(chain, i, before.slice(2 * r, 2 * r + 2), [...conditions.slice(3 * r, 3 * r + 3)]),
    ).flat();
    x = before.map((value, at) => {
      const z = i === 1 ? 0 : stream.normal();
      return fromData[i - 1] * clean[at] + fromNoisy[i - 1] * value + sigma[i - 1] * z;
    });
  }
  return x;
}

describe('gradients', () => {
  const cases = [1, 5, 10].flatMap((steps) =>
    (['sample', 'noise'] as const).map((prediction) => [steps, prediction] as const),
  );

  it.each(cases)(
    'through all %i steps of a chain that predicts the %s are finite differences',
    (steps, prediction) => {
      const { chain, parameters, conditions, weights } = fixture(settingsOf(steps, prediction, true));
      chain.sample(conditions, ROWS, new RandomStream(1, 'draws'));
      const twin = sampled(chain, conditions, new RandomStream(1, 'draws'));
      twin.forEach((x, at) => expect(Math.abs(x - chain.data[at])).toBeLessThan(2e-5));
      const gradient = weights.map((w, at) => w + chain.data[at]);
      parameters.gradients.fill(0);
      chain.backward(gradient, ROWS);
      const loss = () =>
        sampled(chain, conditions, new RandomStream(1, 'draws')).reduce(
          (sum, x, at) => sum + weights[at] * x + 0.5 * x * x,
          0,
        );
      expect(worstError(parameters, loss, 2e-4)).toBeLessThan(1e-3);
    },
  );

  it.each([
    ['sample', true],
    ['sample', false],
    ['noise', true],
  ] as const)('of the denoising loss that predicts the %s, bounded %s', (prediction, bounded) => {
    const { chain, parameters, conditions, weights } = fixture(settingsOf(5, prediction, bounded));
    parameters.gradients.fill(0);
    const reported = chain.denoisingGradients(weights, conditions, ROWS, new RandomStream(2, 'draws'));
    const loss = () => {
      const stream = new RandomStream(2, 'draws');
      let sum = 0;
      for (let r = 0; r < ROWS; r++) {
        const step = 1 + stream.integer(5);
        const alphaBar = chain.schedule.alphaBar[step - 1];
        const noise = [stream.normal(), stream.normal()];
        const data = [weights[2 * r], weights[2 * r + 1]];
        const noisy = data.map((x, d) => Math.sqrt(alphaBar) * x + Math.sqrt(1 - alphaBar) * noise[d]);
        const condition = [...conditions.slice(3 * r, 3 * r + 3)];
        const input = [...noisy, ...timeEmbedding(step), ...condition];
        const [said, truth] =
          prediction === 'noise'
            ? [perceptron(chain.network.weights(), input), noise]
            : [estimates(chain, step, noisy, condition), data];
        said.forEach((x, d) => (sum += (x - truth[d]) ** 2 / (2 * ROWS)));
      }
      return sum;
    };
    expect(reported).toBeCloseTo(loss(), 4);
    expect(worstError(parameters, loss, 2e-4)).toBeLessThan(1e-3);
  });
});
