import { eigenHermitian, type ComplexMatrix } from './hermitian.js';
import type { SimulatedInstance } from './instance.js';
import { covarianceOf } from './covariance.js';
import { steer } from './waves.js';
import { exp10 } from '../math/index.js';

/**
 * The Cramér-Rao bound on the directions, degrees: no unbiased estimator from so many snapshots has a smaller standard
 * deviation. For random Gaussian signals of unknown powers, ranges and noise (Stoica and Moses, B.3): the Fisher information
 * of parameters u, v is snapshots · tr(R⁻¹ ∂R/∂u R⁻¹ ∂R/∂v).
 *
 * @returns null where the array cannot tell the parameters apart
 */
export function cramerRaoDeg(instance: SimulatedInstance, snapshots: number): number[] | null {
  const { positions, sources } = instance;
  const n = positions.length;
  const inverse = inverseOf(covarianceOf({ ...instance, snapshots: 'exact' }));
  const products = derivatives(instance).map((matrix) => multiply(inverse, matrix));
  const count = products.length;
  const fisher = new Float64Array(count * count);
  for (let u = 0; u < count; u++) {
    for (let v = 0; v <= u; v++) {
      let trace = 0;
      for (let row = 0; row < n; row++) {
        for (let column = 0; column < n; column++) {
          const [at, across] = [row * n + column, column * n + row];
          trace += products[u].re[at] * products[v].re[across] - products[u].im[at] * products[v].im[across];
        }
      }
      fisher[u * count + v] = fisher[v * count + u] = snapshots * trace;
    }
  }
  const variances = diagonalOfInverse(fisher, count);
  return variances === null ? null : sources.map((_, k) => (180 / Math.PI) * Math.sqrt(variances[k]));
}

/** ∂R over directions (rad), ranges, powers and noise. */
function derivatives({ positions, sources }: SimulatedInstance): ComplexMatrix[] {
  const n = positions.length;
  const matrices: ComplexMatrix[][] = [[], [], []];
  for (const { thetaDeg, rangeLambda, snrDb } of sources) {
    const re = new Float64Array(n);
    const im = new Float64Array(n);
    steer('exact', positions, thetaDeg, rangeLambda, re, im);
    const theta = (thetaDeg * Math.PI) / 180;
    const distance = positions.map((x) =>
      Math.sqrt(rangeLambda * rangeLambda + x * x - 2 * rangeLambda * x * Math.cos(theta)),
    );
    const byTheta = positions.map((x, k) => (rangeLambda * x * Math.sin(theta)) / distance[k]);
    const byRange = positions.map((x, k) => (rangeLambda - x * Math.cos(theta)) / distance[k] - 1);
    const power = exp10(snrDb / 10);
    matrices[0].push(phaseDerivative(re, im, byTheta, power));
    matrices[1].push(phaseDerivative(re, im, byRange, power));
    matrices[2].push(outer(re, im));
  }
  const noise = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let k = 0; k < n; k++) noise.re[k * n + k] = 1;
  return [...matrices.flat(), noise];
}

/** p · (a' aᴴ + a a'ᴴ) with a' = −j2π d' a: entry (m, k) is −j2π (d'_m − d'_k) p a_m ā_k. */
function phaseDerivative(
  re: Float64Array,
  im: Float64Array,
  by: readonly number[],
  power: number,
): ComplexMatrix {
  const { n, re: aRe, im: aIm } = outer(re, im);
  const matrix = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const at = row * n + column;
      const factor = -2 * Math.PI * power * (by[row] - by[column]);
      matrix.re[at] = -factor * aIm[at];
      matrix.im[at] = factor * aRe[at];
    }
  }
  return matrix;
}

function outer(re: Float64Array, im: Float64Array): ComplexMatrix {
  const n = re.length;
  const matrix = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      matrix.re[row * n + column] = re[row] * re[column] + im[row] * im[column];
      matrix.im[row * n + column] = im[row] * re[column] - re[row] * im[column];
    }
  }
  return matrix;
}

function inverseOf(matrix: ComplexMatrix): ComplexMatrix {
  const { n } = matrix;
  const { values, vectors } = eigenHermitian(matrix);
  const inverse = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      for (let k = 0; k < n; k++) {
        const [a, b] = [vectors.re[row * n + k], vectors.im[row * n + k]];
        const [c, d] = [vectors.re[column * n + k], vectors.im[column * n + k]];
        inverse.re[row * n + column] += (a * c + b * d) / values[k];
        inverse.im[row * n + column] += (b * c - a * d) / values[k];
      }
    }
  }
  return inverse;
}

function multiply(left: ComplexMatrix, right: ComplexMatrix): ComplexMatrix {
  const { n } = left;
  const product = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let row = 0; row < n; row++) {
    for (let k = 0; k < n; k++) {
      const [a, b] = [left.re[row * n + k], left.im[row * n + k]];
      for (let column = 0; column < n; column++) {
        const [c, d] = [right.re[k * n + column], right.im[k * n + column]];
        product.re[row * n + column] += a * c - b * d;
        product.im[row * n + column] += a * d + b * c;
      }
    }
  }
  return product;
}

/** Diagonal of the inverse of a symmetric positive matrix, scaled to a unit diagonal first; null if it is singular. */
function diagonalOfInverse(matrix: Float64Array, n: number): Float64Array | null {
  const scale = Float64Array.from({ length: n }, (_, k) => 1 / Math.sqrt(matrix[k * n + k]));
  const work = Array.from({ length: n }, (_, row) =>
    Float64Array.from({ length: 2 * n }, (_v, column) =>
      column < n ? matrix[row * n + column] * scale[row] * scale[column] : column - n === row ? 1 : 0,
    ),
  );
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let row = k + 1; row < n; row++) if (Math.abs(work[row][k]) > Math.abs(work[pivot][k])) pivot = row;
    if (!(Math.abs(work[pivot][k]) > 1e-13)) return null;
    [work[k], work[pivot]] = [work[pivot], work[k]];
    const divisor = work[k][k];
    for (let column = 0; column < 2 * n; column++) work[k][column] /= divisor;
    for (let row = 0; row < n; row++) {
      const factor = work[row][k];
      if (row === k || factor === 0) continue;
      for (let column = 0; column < 2 * n; column++) work[row][column] -= factor * work[k][column];
    }
  }
  const diagonal = Float64Array.from({ length: n }, (_, k) => work[k][n + k] * scale[k] * scale[k]);
  return diagonal.every((value) => value > 0) ? diagonal : null;
}
