import { InvalidInputError } from '../errors/index.js';
import { eigenHermitian, type ComplexMatrix } from './hermitian.js';

type Complex = readonly [re: number, im: number];

const times = ([a, b]: Complex, [c, d]: Complex): Complex => [a * c - b * d, a * d + b * c];
const plus = ([a, b]: Complex, [c, d]: Complex): Complex => [a + c, b + d];
const minus = ([a, b]: Complex, [c, d]: Complex): Complex => [a - c, b - d];
const over = (x: Complex, [c, d]: Complex): Complex => {
  const size = c * c + d * d;
  return times(x, [c / size, -d / size]);
};
const size = ([a, b]: Complex): number => Math.hypot(a, b);

/**
 * Distance between neighbours of a uniform array whose antennas stand in order, wavelengths.
 *
 * @throws InvalidInputError for any other array, saying that the method needs a uniform one
 */
export function spacingOf(positions: readonly number[], method: string): number {
  const spacing = (positions[positions.length - 1] - positions[0]) / (positions.length - 1);
  const isUniform = positions.every(
    (x, k) => Math.abs(x - positions[0] - k * spacing) < 1e-9 * Math.abs(spacing),
  );
  if (isUniform && spacing > 0) return spacing;
  throw new InvalidInputError('sensing instance', [
    { path: 'positions', message: `${method} needs antennas at equal distances, in order` },
  ]);
}

/** Directions by root-MUSIC (Barabell 1983): the roots of the noise polynomial that lie nearest to the unit circle, inside. */
export function rootMusic(covariance: ComplexMatrix, spacing: number, count: number): number[] {
  const { n } = covariance;
  const { vectors } = eigenHermitian(covariance);
  // coefficient of z^(n−1+k): sum of the k-th diagonal of E_n E_nᴴ
  const coefficients: Complex[] = Array.from({ length: 2 * n - 1 }, () => [0, 0]);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      for (let k = count; k < n; k++) {
        const [a, b] = [vectors.re[row * n + k], vectors.im[row * n + k]];
        const [c, d] = [vectors.re[column * n + k], vectors.im[column * n + k]];
        const at = n - 1 + column - row;
        coefficients[at] = plus(coefficients[at], [a * c + b * d, b * c - a * d]);
      }
    }
  }
  return rootsOf(coefficients)
    .filter((root) => size(root) <= 1 + 1e-6)
    .sort((a, b) => Math.abs(1 - size(a)) - Math.abs(1 - size(b)))
    .filter((root, k, all) => all.findIndex((other) => size(minus(other, root)) < 1e-4) === k)
    .slice(0, count)
    .map((root) => directionOf(root, spacing))
    .sort((a, b) => a - b);
}

/** Directions by least-squares ESPRIT (Roy and Kailath 1989). */
export function esprit(covariance: ComplexMatrix, spacing: number, count: number): number[] {
  const { n } = covariance;
  const { vectors } = eigenHermitian(covariance);
  const entry = (row: number, k: number): Complex => [vectors.re[row * n + k], vectors.im[row * n + k]];
  const conjugate = ([a, b]: Complex): Complex => [a, -b];
  const product = (shift: number): Complex[][] =>
    Array.from({ length: count }, (_r, i) =>
      Array.from({ length: count }, (_c, j) => {
        let sum: Complex = [0, 0];
        for (let row = 0; row < n - 1; row++)
          sum = plus(sum, times(conjugate(entry(row, i)), entry(row + shift, j)));
        return sum;
      }),
    );
  const rotation = solve(product(0), product(1));
  return rootsOf(characteristic(rotation))
    .map((root) => directionOf(root, spacing))
    .sort((a, b) => a - b);
}

/** θ of a phase step between neighbours, exp(j2π·spacing·cos θ); steps that no direction has give the nearest end. */
function directionOf([a, b]: Complex, spacing: number): number {
  const cosine = Math.atan2(b, a) / (2 * Math.PI * spacing);
  return (180 / Math.PI) * Math.acos(Math.max(-1, Math.min(1, cosine)));
}

/** A⁻¹ B by elimination. */
function solve(a: Complex[][], b: Complex[][]): Complex[][] {
  const n = a.length;
  const work = a.map((row, k) => [...row, ...b[k]]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let row = k + 1; row < n; row++) if (size(work[row][k]) > size(work[pivot][k])) pivot = row;
    [work[k], work[pivot]] = [work[pivot], work[k]];
    const divisor = work[k][k];
    work[k] = work[k].map((value) => over(value, divisor));
    for (let row = 0; row < n; row++) {
      if (row === k) continue;
      const factor = work[row][k];
      work[row] = work[row].map((value, column) => minus(value, times(factor, work[k][column])));
    }
  }
  return work.map((row) => row.slice(n));
}

/** Coefficients of det(zI − A), lowest power first (Faddeev and LeVerrier). */
function characteristic(a: Complex[][]): Complex[] {
  const n = a.length;
  const coefficients: Complex[] = Array.from({ length: n + 1 }, () => [0, 0]);
  coefficients[n] = [1, 0];
  let m: Complex[][] = a.map((row) => row.map((): Complex => [0, 0]));
  for (let k = 1; k <= n; k++) {
    const last = coefficients[n - k + 1];
    m = multiply(a, m).map((row, i) => row.map((value, j) => (i === j ? plus(value, last) : value)));
    let trace: Complex = [0, 0];
    multiply(a, m).forEach((row, i) => (trace = plus(trace, row[i])));
    coefficients[n - k] = [-trace[0] / k, -trace[1] / k];
  }
  return coefficients;
}

function multiply(a: Complex[][], b: Complex[][]): Complex[][] {
  return a.map((row) =>
    b[0].map((_, j) => row.reduce((sum: Complex, value, k) => plus(sum, times(value, b[k][j])), [0, 0])),
  );
}

/** All roots of a polynomial, lowest power first, by Aberth's method. */
function rootsOf(given: readonly Complex[]): Complex[] {
  const degree = given.length - 1;
  const largest = Math.max(...given.map(size));
  let top = degree;
  while (top > 0 && size(given[top]) < 1e-14 * largest) top--;
  const coefficients = given.slice(0, top + 1);
  const evaluate = (z: Complex): [Complex, Complex] => {
    let value: Complex = coefficients[top];
    let slope: Complex = [0, 0];
    for (let k = top - 1; k >= 0; k--) {
      slope = plus(times(slope, z), value);
      value = plus(times(value, z), coefficients[k]);
    }
    return [value, slope];
  };
  let roots: Complex[] = Array.from({ length: top }, (_, k) => {
    const angle = (2 * Math.PI * k) / top + 0.4;
    const radius = k % 2 === 0 ? 0.9 : 1.1;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  for (let step = 0; step < 500; step++) {
    let moved = 0;
    roots = roots.map((z, k) => {
      const [value, slope] = evaluate(z);
      if (size(value) === 0) return z;
      const newton = over(value, size(slope) === 0 ? [1e-12, 0] : slope);
      let repulsion: Complex = [0, 0];
      roots.forEach((other, j) => {
        const apart = minus(z, other);
        if (j !== k && size(apart) > 0) repulsion = plus(repulsion, over([1, 0], apart));
      });
      const change = over(newton, minus([1, 0], times(newton, repulsion)));
      moved = Math.max(moved, size(change));
      return minus(z, change);
    });
    if (moved < 1e-14) break;
  }
  return roots;
}
