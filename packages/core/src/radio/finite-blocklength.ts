import { exp, log } from '../math/index.js';

const SQRT_TWO_PI = 2.5066282746310002;
const SERIES_BELOW = 2.5;
const FRACTION_TERMS = 160;

/**
 * Tail of the standard normal distribution, Q(x) = P(Z > x), for x ≥ 0: the power series of the error function below 2.5,
 * Laplace's continued fraction above. Relative error below 1e-13.
 */
export function gaussianTail(x: number): number {
  const density = exp(-0.5 * x * x) / SQRT_TWO_PI;
  return x < SERIES_BELOW ? 0.5 - density * oddFactorialSeries(x) : density * laplaceFraction(x);
}

/** x + x³/3 + x⁵/(3·5) + … = (½ − Q(x)) / density(x) */
function oddFactorialSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; term > 1e-17 * sum; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return sum;
}

/** 1/(x + 1/(x + 2/(x + 3/…))) = Q(x) / density(x) */
function laplaceFraction(x: number): number {
  let tail = x;
  for (let k = FRACTION_TERMS; k >= 1; k--) tail = x + k / tail;
  return 1 / tail;
}

/**
 * Inverse of {@link gaussianTail}: the x with Q(x) = ε, to about 1e-14 relative (Newton's method on ln Q).
 *
 * @param probability ε in (0, ½); down to 1e-300
 */
export function gaussianTailInverse(probability: number): number {
  const target = log(probability);
  // Near ½ the tail is ½ − x/√(2π); far out, x ≈ √(−2 ln ε − ln(−4π ln ε)).
  const spread = -2 * target;
  let x =
    probability > 0.1
      ? (0.5 - probability) * SQRT_TWO_PI
      : Math.sqrt(Math.max(0.5, spread - log(6.283185307179586 * spread)));
  for (let iteration = 0; iteration < 60; iteration++) {
    const tail = gaussianTail(x);
    const density = exp(-0.5 * x * x) / SQRT_TWO_PI;
    const step = ((log(tail) - target) * tail) / density;
    x = Math.max(x + step, 0.1 * x);
    if (Math.abs(step) <= 4e-16 * x) break;
  }
  return x;
}

/** Dispersion of the Gaussian channel, V = 1 − (1 + γ)⁻², in [0, 1) (paper 003, eq. 1). */
export function channelDispersion(snrRatio: number): number {
  return (snrRatio * (2 + snrRatio)) / ((1 + snrRatio) * (1 + snrRatio));
}

/**
 * Rate of short packets in bit/s, the normal approximation
 * R = (W/ln 2)·[ln(1 + γ) − √(V/(φW))·Q⁻¹(ε)] over a band of W = bB Hz (paper 003, eq. 1). Negative where the block is too
 * short for the error probability.
 *
 * @param bandwidthHz the device's own band W, Hz, > 0
 * @param snrRatio γ over that band, plain ratio, ≥ 0
 * @param frameS transmission time interval φ, s, > 0
 * @param tailInverse Q⁻¹(ε), see {@link gaussianTailInverse}
 */
export function finiteBlocklengthRate(
  bandwidthHz: number,
  snrRatio: number,
  frameS: number,
  tailInverse: number,
): number {
  const penalty = Math.sqrt(channelDispersion(snrRatio) / (frameS * bandwidthHz)) * tailInverse;
  return (bandwidthHz / Math.LN2) * (log1p(snrRatio) - penalty);
}

/** ln(1 + x) without the loss of digits of 1 + x at small x. */
function log1p(x: number): number {
  const sum = 1 + x;
  return sum === 1 ? x : (log(sum) * x) / (sum - 1);
}
