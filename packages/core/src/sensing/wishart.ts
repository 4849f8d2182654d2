import { log } from '../math/index.js';
import type { RandomStream } from '../random/index.js';
import type { ComplexMatrix } from './hermitian.js';

/**
 * The sample covariance of `snapshots` independent complex Gaussian vectors of covariance Σ, drawn without them: Bartlett's
 * decomposition of the complex Wishart distribution, R = L T Tᴴ Lᴴ/snapshots with Σ = L Lᴴ, |T_ii|² of the gamma distribution
 * with shape snapshots − i (from 0) and standard normal entries below.
 *
 * @param snapshots at least as many as Σ has rows
 */
export function drawSampleCovariance(
  sigma: ComplexMatrix,
  snapshots: number,
  stream: RandomStream,
): ComplexMatrix {
  const { n } = sigma;
  const l = cholesky(sigma);
  const t = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < row; column++) {
      t.re[row * n + column] = Math.SQRT1_2 * stream.normal();
      t.im[row * n + column] = Math.SQRT1_2 * stream.normal();
    }
    t.re[row * n + row] = Math.sqrt(gamma(snapshots - row, stream));
  }
  const factor = lowerProduct(l, t);
  return outerProduct(factor, 1 / snapshots);
}

/** Gamma of shape ≥ 1 and scale 1 (Marsaglia and Tsang 2000). */
function gamma(shape: number, stream: RandomStream): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = stream.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = stream.uniform();
    if (u > 0 && log(u) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
  }
}

/** L of Σ = L Lᴴ, lower triangular with a positive diagonal. */
function cholesky({ n, re, im }: ComplexMatrix): ComplexMatrix {
  const l = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let x = re[row * n + column];
      let y = im[row * n + column];
      for (let k = 0; k < column; k++) {
        const [a, b] = [l.re[row * n + k], l.im[row * n + k]];
        const [c, d] = [l.re[column * n + k], l.im[column * n + k]];
        x -= a * c + b * d;
        y -= b * c - a * d;
      }
      if (row === column) l.re[row * n + row] = Math.sqrt(x);
      else {
        l.re[row * n + column] = x / l.re[column * n + column];
        l.im[row * n + column] = y / l.re[column * n + column];
      }
    }
  }
  return l;
}

/** A B of two lower triangular matrices. */
function lowerProduct(a: ComplexMatrix, b: ComplexMatrix): ComplexMatrix {
  const { n } = a;
  const product = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let x = 0;
      let y = 0;
      for (let k = column; k <= row; k++) {
        const [i, j] = [row * n + k, k * n + column];
        x += a.re[i] * b.re[j] - a.im[i] * b.im[j];
        y += a.re[i] * b.im[j] + a.im[i] * b.re[j];
      }
      product.re[row * n + column] = x;
      product.im[row * n + column] = y;
    }
  }
  return product;
}

/** weight · F Fᴴ of a lower triangular matrix. */
function outerProduct({ n, re, im }: ComplexMatrix, weight: number): ComplexMatrix {
  const product = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let x = 0;
      let y = 0;
      for (let k = 0; k <= column; k++) {
        const [i, j] = [row * n + k, column * n + k];
        x += re[i] * re[j] + im[i] * im[j];
        y += im[i] * re[j] - re[i] * im[j];
      }
      product.re[row * n + column] = product.re[column * n + row] = weight * x;
      product.im[row * n + column] = weight * y;
      product.im[column * n + row] = row === column ? 0 : -weight * y;
    }
  }
  for (let k = 0; k < n; k++) product.im[k * n + k] = 0;
  return product;
}
