import { RandomStream } from '@metalore/core/random';
import { describe, expect, it } from 'vitest';
import { Kernel } from '../kernel/kernel.js';
import { Forward } from './forward.js';
import { Mlp, type Activation } from './mlp.js';
import { orthogonal } from './orthogonal.js';
import { Parameters } from './parameters.js';

function network(sizes: number[], batch: number) {
  const count = Mlp.parameterCount(sizes);
  const kernel = new Kernel(Parameters.floats(count) + Mlp.floats(sizes, batch));
  const parameters = new Parameters(kernel, count);
  const mlp = new Mlp(parameters, sizes, batch, 0);
  const stream = new RandomStream(5, 'network test');
  mlp.initialise(stream, 1);
  for (let row = 0; row < batch; row++) {
    for (let k = 0; k < sizes[0]; k++) mlp.input[row * mlp.inputStride + k] = stream.normal();
  }
  return { mlp, parameters, stream };
}

describe('orthogonal', () => {
  it.each([
    [5, 3],
    [3, 5],
    [64, 64],
  ])('%i × %i has orthonormal vectors times its gain', (rows, cols) => {
    const q = orthogonal(rows, cols, 2, new RandomStream(1, 'q'));
    const count = Math.min(rows, cols);
    const at = (vector: number, k: number) => (rows >= cols ? q[k * cols + vector] : q[vector * cols + k]);
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        let sum = 0;
        for (let k = 0; k < Math.max(rows, cols); k++) sum += at(a, k) * at(b, k);
        expect(sum).toBeCloseTo(a === b ? 4 : 0, 12);
      }
    }
  });
});

describe('perceptron', () => {
  it('gives in batches what it gives one by one', () => {
    const { mlp } = network([3, 20, 12, 2], 10);
    mlp.forward(10);
    const forward = new Forward(mlp.weights());
    for (let row = 0; row < 10; row++) {
      forward.input.set(mlp.input.subarray(row * mlp.inputStride, row * mlp.inputStride + 3));
      forward.run();
      for (let o = 0; o < 2; o++) {
        expect(Math.abs(mlp.output[row * mlp.outputStride + o] - forward.output[o])).toBeLessThan(2e-6);
      }
    }
  });

  it('has the gradients that finite differences give', () => {
    const batch = 7;
    const { mlp, parameters, stream } = network([3, 8, 12, 2], batch);
    const slopes = Float64Array.from({ length: batch * 2 }, () => stream.normal());
    const loss = () => {
      const forward = new Forward(mlp.weights());
      let sum = 0;
      for (let row = 0; row < batch; row++) {
        forward.input.set(mlp.input.subarray(row * mlp.inputStride, row * mlp.inputStride + 3));
        forward.run();
        for (let o = 0; o < 2; o++) sum += slopes[row * 2 + o] * forward.output[o];
      }
      return sum;
    };
    mlp.forward(batch);
    for (let row = 0; row < batch; row++) {
      for (let o = 0; o < 2; o++) mlp.outputGradient[row * mlp.outputStride + o] = slopes[row * 2 + o];
    }
    mlp.backward(batch);
    const { values, gradients } = parameters;
    const used = mlp
      .weights()
      .reduce((sum, { weights, biases }) => sum + (weights[0].length + 1) * biases.length, 0);
    let checked = 0;
    for (let i = 0; i < values.length; i++) {
      const centre = values[i];
      values[i] = centre + 1e-3;
      const [above, high] = [loss(), values[i]];
      values[i] = centre - 1e-3;
      const [below, low] = [loss(), values[i]];
      values[i] = centre;
      const slope = (above - below) / (high - low);
      expect(Math.abs(gradients[i] - slope)).toBeLessThan(1e-4 * Math.max(1, Math.abs(slope)));
      if (above !== below) checked++;
    }
    expect(checked).toBe(used);
  });

  it('computes the same bits every time', () => {
    const run = () => {
      const { mlp, parameters } = network([3, 16, 2], 9);
      for (let i = 0; i < 5; i++) {
        parameters.gradients.fill(0);
        mlp.forward(9);
        mlp.outputGradient.set(mlp.output);
        mlp.backward(9);
        parameters.step(0.01, 0.5);
      }
      return Buffer.from(parameters.values.slice().buffer).toString('base64');
    };
    expect(run()).toBe(run());
  });
});

describe.each<Activation>(['tanh', 'relu', 'mish'])('perceptron with %s', (activation) => {
  const sizes = [5, 8, 12, 3];
  const batch = 6;
  const options = { activation, inputGradient: true };
  const count = Mlp.parameterCount(sizes);
  const kernel = new Kernel(Parameters.floats(count) + Mlp.floats(sizes, batch, options));
  const parameters = new Parameters(kernel, count);
  const mlp = new Mlp(parameters, sizes, batch, 0, options);
  const stream = new RandomStream(8, 'activation test');
  mlp.initialise(stream, 1);
  const slopes = Float64Array.from({ length: batch * 3 }, () => stream.normal());
  for (let row = 0; row < batch; row++) {
    for (let k = 0; k < 5; k++) mlp.input[row * mlp.inputStride + k] = 2 * stream.normal();
  }
  const inputs = Float64Array.from(mlp.input);
  const loadSlopes = () => {
    for (let row = 0; row < batch; row++) {
      for (let o = 0; o < 3; o++) mlp.outputGradient[row * mlp.outputStride + o] = slopes[row * 3 + o];
    }
  };
  const loss = (twin: Forward) => {
    let sum = 0;
    for (let row = 0; row < batch; row++) {
      twin.input.set(inputs.subarray(row * mlp.inputStride, row * mlp.inputStride + 5));
      twin.run();
      for (let o = 0; o < 3; o++) sum += slopes[row * 3 + o] * twin.output[o];
    }
    return sum;
  };
  const layers = mlp.weights();

  it('agrees with its double-precision twin to 1e-5', () => {
    mlp.forward(batch);
    const twin = new Forward(layers, activation);
    for (let row = 0; row < batch; row++) {
      twin.input.set(inputs.subarray(row * mlp.inputStride, row * mlp.inputStride + 5));
      twin.run();
      for (let o = 0; o < 3; o++) {
        const error = Math.abs(mlp.output[row * mlp.outputStride + o] - twin.output[o]);
        expect(error).toBeLessThan(1e-5 * Math.max(1, Math.abs(twin.output[o])));
      }
    }
  });

  it('has the input and parameter gradients of central differences in double precision', () => {
    mlp.forward(batch);
    loadSlopes();
    parameters.gradients.fill(0);
    mlp.backward(batch);
    const near = (gradient: number, difference: number) => {
      expect(Math.abs(gradient - difference)).toBeLessThan(1e-3 * Math.max(0.1, Math.abs(difference)));
    };
    const twin = new Forward(layers, activation);
    for (let row = 0; row < batch; row++) {
      for (let k = 0; k < 5; k++) {
        const at = row * mlp.inputStride + k;
        const centre = inputs[at];
        inputs[at] = centre + 1e-6;
        const above = loss(twin);
        inputs[at] = centre - 1e-6;
        const below = loss(twin);
        inputs[at] = centre;
        near(mlp.inputGradient[at], (above - below) / 2e-6);
      }
    }
    let first = 0;
    layers.forEach((layer, l) => {
      const width = Math.ceil(sizes[l + 1] / 4) * 4;
      layer.weights.forEach((row, o) => {
        row.forEach((centre, i) => {
          row[i] = centre + 1e-6;
          const above = loss(new Forward(layers, activation));
          row[i] = centre - 1e-6;
          const below = loss(new Forward(layers, activation));
          row[i] = centre;
          near(parameters.gradients[first + i * width + o], (above - below) / 2e-6);
        });
      });
      first += (Math.ceil(sizes[l] / 4) * 4 + 1) * width;
    });
  });

  it('adds up the gradients of several losses, and leaves them alone where only the input is asked for', () => {
    mlp.forward(batch);
    loadSlopes();
    parameters.gradients.fill(0);
    mlp.backward(batch);
    const once = parameters.gradients.slice();
    const input = mlp.inputGradient.slice();
    mlp.backward(batch, false);
    expect(parameters.gradients).toEqual(once);
    expect(mlp.inputGradient).toEqual(input);
    mlp.backward(batch);
    once.forEach((value, i) => expect(parameters.gradients[i]).toBeCloseTo(2 * value, 4));
  });
});

describe('Adam', () => {
  it('makes the known steps', () => {
    // By hand from algorithm 1 of Kingma & Ba (2015) with rate 0.1, ε = 1e-5 and gradients 1, then 1 and −3:
    // the first step is rate · g / (|g| + ε), the second follows the bias-corrected moments.
    const kernel = new Kernel(Parameters.floats(4));
    const parameters = new Parameters(kernel, 4);
    parameters.gradients.set([1, -2, 0, 1]);
    parameters.step(0.1);
    const first = [-0.1 / (1 + 1e-5), 0.2 / (2 + 1e-5), 0, -0.1 / (1 + 1e-5)];
    first.forEach((value, i) => expect(parameters.values[i]).toBeCloseTo(value, 6));
    parameters.gradients.set([1, -2, 0, -3]);
    parameters.step(0.1);
    const m = (0.9 * 0.1 * 1 + 0.1 * -3) / (1 - 0.81);
    const v = (0.999 * 0.001 * 1 + 0.001 * 9) / (1 - 0.999 ** 2);
    expect(parameters.values[3]).toBeCloseTo(first[3] - (0.1 * m) / (Math.sqrt(v) + 1e-5), 6);
    expect(parameters.values[0]).toBeCloseTo(2 * first[0], 6);
  });

  it('clips the norm of all gradients together', () => {
    const kernel = new Kernel(Parameters.floats(4));
    const parameters = new Parameters(kernel, 4, { beta1: 0, beta2: 0, epsilon: 1 });
    parameters.gradients.set([3, 4, 0, 0]);
    expect(parameters.step(1, 0.5)).toBeCloseTo(5, 6);
    expect(parameters.values[0]).toBeCloseTo(-0.3 / 1.3, 5);
    expect(parameters.values[1]).toBeCloseTo(-0.4 / 1.4, 5);
  });
});
