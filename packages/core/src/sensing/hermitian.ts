/** An n × n complex matrix, row-major. */
export interface ComplexMatrix {
  readonly n: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Eigenvalues, falling, and eigenvectors as columns of `vectors`. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: ComplexMatrix;
}

const MAX_SWEEPS = 60;

/** Eigendecomposition of a Hermitian matrix by cyclic Jacobi rotations (Golub and Van Loan, 8.5, in complex form). */
export function eigenHermitian(matrix: ComplexMatrix): Eigen {
  const { n } = matrix;
  const re = matrix.re.slice();
  const im = matrix.im.slice();
  const vectors = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let k = 0; k < n; k++) vectors.re[k * n + k] = 1;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let row = 0; row < n; row++) {
      diagonal += re[row * n + row] ** 2;
      for (let column = row + 1; column < n; column++) {
        off += re[row * n + column] ** 2 + im[row * n + column] ** 2;
      }
    }
    if (off <= 1e-32 * diagonal) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) rotate({ n, re, im }, vectors, p, q);
    }
  }
  const order = Array.from({ length: n }, (_, k) => k).sort((a, b) => re[b * n + b] - re[a * n + a]);
  const sorted = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  order.forEach((from, to) => {
    for (let row = 0; row < n; row++) {
      sorted.re[row * n + to] = vectors.re[row * n + from];
      sorted.im[row * n + to] = vectors.im[row * n + from];
    }
  });
  return { values: Float64Array.from(order, (k) => re[k * n + k]), vectors: sorted };
}

/** Makes the entry (p, q) zero. */
function rotate({ n, re, im }: ComplexMatrix, vectors: ComplexMatrix, p: number, q: number): void {
  const size = Math.hypot(re[p * n + q], im[p * n + q]);
  if (size === 0) return;
  const tau = (re[q * n + q] - re[p * n + p]) / (2 * size);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const sRe = (t * c * re[p * n + q]) / size;
  const sIm = (t * c * im[p * n + q]) / size;
  columns(re, im, n, p, q, c, sRe, sIm);
  // the rows are the conjugates of the columns
  for (let k = 0; k < n; k++) {
    const [pRe, pIm, qRe, qIm] = [re[p * n + k], im[p * n + k], re[q * n + k], im[q * n + k]];
    re[p * n + k] = c * pRe - (sRe * qRe - sIm * qIm);
    im[p * n + k] = c * pIm - (sRe * qIm + sIm * qRe);
    re[q * n + k] = sRe * pRe + sIm * pIm + c * qRe;
    im[q * n + k] = sRe * pIm - sIm * pRe + c * qIm;
  }
  columns(vectors.re, vectors.im, n, p, q, c, sRe, sIm);
}

/** Columns p and q times the rotation [[c, s], [−s̄, c]]. */
function columns(
  re: Float64Array,
  im: Float64Array,
  n: number,
  p: number,
  q: number,
  c: number,
  sRe: number,
  sIm: number,
): void {
  for (let k = 0; k < n; k++) {
    const [pRe, pIm, qRe, qIm] = [re[k * n + p], im[k * n + p], re[k * n + q], im[k * n + q]];
    re[k * n + p] = c * pRe - (sRe * qRe + sIm * qIm);
    im[k * n + p] = c * pIm - (sRe * qIm - sIm * qRe);
    re[k * n + q] = sRe * pRe - sIm * pIm + c * qRe;
    im[k * n + q] = sRe * pIm + sIm * pRe + c * qIm;
  }
}
