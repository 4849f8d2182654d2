import { RandomStream } from '@metalore/core/random';
import { describe, expect, it } from 'vitest';
import type { ChainSettings } from './chain.js';
import { ConditionalGenerator } from './generator.js';
import { exactChain } from '../testing/exact-chain.js';

/** Points in the plane, and which of how many modes one belongs to. */
interface Points {
  data: Float64Array;
  modes: number;
  modeOf(x: number, y: number): number;
}

/** Standard deviation .1 each, on a circle of radius 1. */
function eightGaussians(count: number, stream: RandomStream): Points {
  const data = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const angle = (Math.PI * stream.integer(8)) / 4;
    data[2 * i] = Math.cos(angle) + 0.1 * stream.normal();
    data[2 * i + 1] = Math.sin(angle) + 0.1 * stream.normal();
  }
  return { data, modes: 8, modeOf: (x, y) => (Math.round((Math.atan2(y, x) * 4) / Math.PI) + 8) % 8 };
}

/** Two half circles that reach into each other, about the origin, with noise of standard deviation .1. */
function twoMoons(count: number, stream: RandomStream): Points {
  const data = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const angle = Math.PI * stream.uniform();
    const sign = stream.integer(2) === 0 ? 1 : -1;
    data[2 * i] = sign * (Math.cos(angle) - 0.5) + 0.1 * stream.normal();
    data[2 * i + 1] = sign * (Math.sin(angle) - 0.25) + 0.1 * stream.normal();
  }
  const toMoon = (x: number, y: number) => {
    const [fromX, fromY] = [x + 0.5, y + 0.25];
    return fromY >= 0 ? Math.abs(Math.hypot(fromX, fromY) - 1) : Math.hypot(Math.abs(fromX) - 1, fromY);
  };
  return { data, modes: 2, modeOf: (x, y) => (toMoon(x, y) <= toMoon(-x, -y) ? 0 : 1) };
}

/** Mean over 32 directions of the Wasserstein-1 distance between projections of equally many samples. */
function slicedWasserstein(a: Float64Array, b: Float64Array): number {
  const project = (data: Float64Array, angle: number) =>
    Float64Array.from(
      { length: data.length / 2 },
      (_, i) => data[2 * i] * Math.cos(angle) + data[2 * i + 1] * Math.sin(angle),
    ).sort();
  let sum = 0;
  for (let k = 0; k < 32; k++) {
    const [x, y] = [project(a, (Math.PI * k) / 32), project(b, (Math.PI * k) / 32)];
    for (let i = 0; i < x.length; i++) sum += Math.abs(x[i] - y[i]) / (32 * x.length);
  }
  return sum;
}

describe('generator', () => {
  const plane: ChainSettings = {
    dataSize: 2,
    conditionSize: 0,
    netArch: [64, 64],
    steps: 200,
    prediction: 'noise',
    bounded: false,
  };

  it.each([
    ['eight Gaussians on a circle', eightGaussians],
    ['two moons', twoMoons],
  ])('draws %s, every mode and nearly as close as data drawn again', (name, points) => {
    const generator = new ConditionalGenerator({ ...plane, netArch: [64, 64, 64], steps: 100 }, 256, 1);
    const stream = new RandomStream(1, name);
    const none = new Float64Array(0);
    const total = 6000;
    const data = (count: number) => points(count, stream).data;
    for (let k = 0; k < total; k++) generator.train(data(128), none, 128, 3e-3 * (1 - k / total));
    const count = 1024;
    const drawn = () => {
      const all = new Float64Array(2 * count);
      for (let i = 0; i < count; i += 256) all.set(generator.generate(none, 256, stream), 2 * i);
      return all;
    };
    const { modes, modeOf } = points(0, stream);
    const hits = new Array<number>(modes).fill(0);
    const some = drawn();
    for (let i = 0; i < count; i++) hits[modeOf(some[2 * i], some[2 * i + 1])]++;
    for (const share of hits) expect(share / count).toBeGreaterThan(0.7 / modes);
    const mean = (distance: () => number) => (distance() + distance() + distance() + distance()) / 4;
    const fresh = mean(() => slicedWasserstein(data(count), data(count)));
    expect(mean(() => slicedWasserstein(drawn(), data(count)))).toBeLessThan(1.5 * fresh);
  });

  it('draws what belongs to its condition, as wide as 10 steps with the exact network would', () => {
    const settings = { ...plane, dataSize: 1, conditionSize: 1, steps: 10 };
    const generator = new ConditionalGenerator(settings, 256, 1);
    const stream = new RandomStream(2, 'pairs');
    const conditions = new Float64Array(256);
    const samples = new Float64Array(256);
    for (let k = 0; k < 2000; k++) {
      for (let r = 0; r < 256; r++) {
        conditions[r] = 2 * stream.uniform() - 1;
        samples[r] = conditions[r] ** 2 + 0.2 * stream.normal();
      }
      generator.train(samples, conditions, 256, 2e-3 * (1 - k / 2000));
    }
    for (const s of [-0.8, 0, 0.5]) {
      const drawn = [...generator.generate(conditions.fill(s), 256, stream)];
      const mean = drawn.reduce((sum, x) => sum + x, 0) / 256;
      const std = Math.sqrt(drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 256);
      const ideal = Math.sqrt(exactChain(10, s * s, 0.2).variance);
      expect(Math.abs(mean - s * s)).toBeLessThan(0.06);
      expect(Math.abs(std - ideal)).toBeLessThan(0.03);
    }
  });

  it('depends on its seed alone, and goes on from a snapshot to the same bytes', () => {
    const { data } = eightGaussians(64, new RandomStream(5, 'data'));
    const none = new Float64Array(0);
    const start = (seed: number) => new ConditionalGenerator(plane, 64, seed);
    const train = (generator: ConditionalGenerator, times: number) => {
      for (let k = 0; k < times; k++) generator.train(data, none, 64, 1e-3);
      return JSON.stringify(generator.snapshot());
    };
    const whole = train(start(1), 6);
    const half = JSON.parse(train(start(1), 3)) as ReturnType<ConditionalGenerator['snapshot']>;
    const resumed = start(2);
    resumed.restore(half);
    expect(train(resumed, 3)).toBe(whole);
    expect(train(start(2), 6)).not.toBe(whole);
  });
});
