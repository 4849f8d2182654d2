import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { RandomStream } from '@metalore/core/random';
import { describe, expect, it } from 'vitest';
import { Kernel, padded } from './kernel.js';

const stream = new RandomStream(3, 'kernel test');

function matrix(kernel: Kernel, rows: number, cols: number) {
  const at = kernel.allocate(rows * cols);
  const values = kernel.view(at, rows * cols);
  for (let i = 0; i < values.length; i++) values[i] = stream.normal();
  return { at, values };
}

describe('kernel', () => {
  it('is what kernel.ts compiles to', () => {
    execFileSync(process.execPath, [
      fileURLToPath(new URL('../../kernel/build.mjs', import.meta.url)),
      '--check',
    ]);
  });

  it.each([
    [4, 4, 4],
    [64, 4, 64],
    [68, 64, 12],
    [132, 12, 36],
    [68, 300, 268],
  ])('multiplies %i × %i by %i columns as plain loops do', (rows, inner, cols) => {
    const kernel = new Kernel((rows + cols) * (inner + cols) * 2);
    const x = matrix(kernel, rows, inner);
    const w = matrix(kernel, inner, cols);
    const bias = matrix(kernel, 1, cols);
    const y = matrix(kernel, rows, cols);
    const product = (row: number, col: number) => {
      let sum = bias.values[col];
      for (let k = 0; k < inner; k++) sum += x.values[row * inner + k] * w.values[k * cols + col];
      return sum;
    };
    // Single precision rounds once a term.
    const tolerance = 2e-5 * Math.max(1, inner / 64);
    for (const activate of [0, 1]) {
      kernel.run.affine(x.at, w.at, bias.at, y.at, rows, inner, cols, activate, kernel.panel);
      for (let row = 0; row < rows; row++) {
        for (let col = 0; col < cols; col++) {
          const expected = activate === 1 ? Math.tanh(product(row, col)) : product(row, col);
          expect(Math.abs(y.values[row * cols + col] - expected)).toBeLessThan(tolerance);
        }
      }
    }
    const outer = matrix(kernel, inner, cols);
    const before = Float64Array.from(outer.values);
    kernel.run.addOuter(x.at, y.at, outer.at, rows, inner, cols, kernel.panel);
    for (let i = 0; i < inner; i++) {
      for (let col = 0; col < cols; col++) {
        let sum = before[i * cols + col];
        for (let row = 0; row < rows; row++) sum += x.values[row * inner + i] * y.values[row * cols + col];
        expect(Math.abs(outer.values[i * cols + col] - sum)).toBeLessThan(1e-4);
      }
    }
  });

  it('has a tanh that is exact to 3e-7 and stays within [−1, 1]', () => {
    const kernel = new Kernel(40_000);
    const x = matrix(kernel, 2000, 4);
    const identity = kernel.allocate(16);
    for (let k = 0; k < 4; k++) kernel.view(identity, 16)[5 * k] = 1;
    const bias = kernel.allocate(4);
    const y = matrix(kernel, 2000, 4);
    for (let i = 0; i < x.values.length; i++) x.values[i] = (i - 4000) / 400;
    kernel.run.affine(x.at, identity, bias, y.at, 2000, 4, 4, 1, kernel.panel);
    for (let i = 0; i < x.values.length; i++) {
      expect(Math.abs(y.values[i] - Math.tanh(x.values[i]))).toBeLessThan(3e-7);
      expect(Math.abs(y.values[i])).toBeLessThanOrEqual(1);
    }
  });

  it('has Mish and ReLU with their derivatives, far out too', () => {
    const kernel = new Kernel(40_000);
    const x = [-1e4, -90, -20, -3, -1.2, -0.5, 0, 0.3, 1, 5, 19, 1e4];
    const y = matrix(kernel, 1, 12);
    const slope = matrix(kernel, 1, 12);
    y.values.set(x);
    kernel.run.mish(y.at, slope.at, 12);
    x.forEach((value, i) => {
      const tanh = Math.tanh(Math.log1p(Math.exp(value)));
      const sigmoid = 1 / (1 + Math.exp(-value));
      const scale = Math.max(1, Math.abs(value));
      expect(Math.abs(y.values[i] - value * tanh)).toBeLessThan(5e-7 * scale);
      expect(Math.abs(slope.values[i] - (tanh + value * (1 - tanh * tanh) * sigmoid))).toBeLessThan(1e-6);
    });
    y.values.set(x);
    kernel.run.relu(y.at, slope.at, 12);
    x.forEach((value, i) => {
      expect(y.values[i]).toBe(Math.max(0, Math.fround(value)));
      expect(slope.values[i]).toBe(value > 0 ? 1 : 0);
    });
  });

  it('multiplies by slopes and moves a target towards its source', () => {
    const kernel = new Kernel(64);
    const a = matrix(kernel, 1, 8);
    const b = matrix(kernel, 1, 8);
    const before = Float64Array.from(a.values);
    kernel.run.approach(a.at, b.at, 8, 0.25);
    a.values.forEach((value, i) => expect(value).toBeCloseTo(0.75 * before[i] + 0.25 * b.values[i], 6));
    const moved = Float64Array.from(a.values);
    kernel.run.multiply(a.at, b.at, 8);
    a.values.forEach((value, i) => expect(value).toBeCloseTo(moved[i] * b.values[i], 6));
  });

  it('transposes, sums columns and squares', () => {
    const kernel = new Kernel(4096);
    const a = matrix(kernel, 8, 12);
    const t = matrix(kernel, 12, 8);
    kernel.run.transpose(a.at, t.at, 8, 12);
    for (let i = 0; i < 8; i++)
      for (let j = 0; j < 12; j++) expect(t.values[j * 8 + i]).toBe(a.values[i * 12 + j]);
    const sums = kernel.allocate(12);
    kernel.run.addColumnSums(a.at, sums, 8, 12);
    for (let j = 0; j < 12; j++) {
      let sum = 0;
      for (let i = 0; i < 8; i++) sum += a.values[i * 12 + j];
      expect(kernel.view(sums, 12)[j]).toBeCloseTo(sum, 5);
    }
    const squares = a.values.reduce((sum, value) => sum + value * value, 0);
    expect(kernel.run.sumOfSquares(a.at, 96)).toBeCloseTo(squares, 10);
  });

  it('refuses to give out more memory than it has', () => {
    expect(() => new Kernel(16).allocate(1e6)).toThrow('too small');
    expect([1, 4, 5, 64].map(padded)).toEqual([4, 4, 8, 64]);
  });
});
