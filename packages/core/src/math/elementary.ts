/**
 * Elementary functions from additions, multiplications, divisions and bit patterns only, which IEEE 754 fixes to the
 * last bit. Engines may, and do, round `Math.log`, `Math.exp` and `Math.pow` differently between versions; a run has to
 * give the same bytes in Node and in every browser, so nothing that decides an outcome uses those.
 *
 * Polynomials are summed in two interleaved halves, which a processor evaluates side by side.
 */
const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
const scratch = new Float64Array(1);
const highWord = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

const LN2_HIGH = 6.9314718036912381649e-1; // 33 leading bits of ln 2, so that k · LN2_HIGH is exact
const LN2_LOW = 1.90821492927058770002e-10;
export const INVERSE_LN2 = 1.4426950408889634;
const INVERSE_LN10 = 0.4342944819032518;
export const LN10 = 2.302585092994046;
const SQRT_HALF_HIGH_WORD = 0x3fe6a09e;

/** 2^k at `POWERS[k + 1074]`, for every k that a double can hold. */
const POWERS = new Float64Array(2098);
POWERS[1074] = 1;
for (let k = 1; k <= 1023; k++) POWERS[1074 + k] = POWERS[1073 + k] * 2;
for (let k = 1; k <= 1074; k++) POWERS[1074 - k] = POWERS[1075 - k] / 2;

/** Natural logarithm; error below 2 ulp. `x <= 0` gives −∞ (0) or NaN. */
export function log(x: number): number {
  scratch[0] = x;
  logAt(scratch, 0);
  return scratch[0];
}

/**
 * Replaces `values[at]` by its natural logarithm. For hot loops: an engine hands a number that a function returns over on
 * the heap unless it inlines the function, and an array element never.
 */
export function logAt(values: Float64Array, at: number): void {
  let x = values[at];
  let exponent = 0;
  if (!(x >= 2.2250738585072014e-308 && x < Infinity)) {
    if (!(x > 0) || x === Infinity) {
      values[at] = x === 0 ? -Infinity : x > 0 ? x : NaN;
      return;
    }
    x *= 18014398509481984; // 2^54
    exponent = -54;
  }
  float[0] = x;
  // x = 2^k · m with m in [√½, √2)
  const k = ((words[highWord] + (0x3ff00000 - SQRT_HALF_HIGH_WORD)) >>> 20) - 0x3ff;
  exponent += k;
  const m = x * POWERS[1074 - k];
  // ln m = 2 artanh(s), s = (m − 1) / (m + 1), |s| <= 0.1716
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = 2 / 3 + w * (2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19))));
  const even = 2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17)));
  const series = z * odd + w * even;
  // 2s = f − s·f, so ln m = f − s·(f − series)
  values[at] = exponent * LN2_HIGH + (f - (s * (f - series) - exponent * LN2_LOW));
}

/** Base-2 logarithm. */
export function log2(x: number): number {
  return log(x) * INVERSE_LN2;
}

/** Base-10 logarithm. */
export function log10(x: number): number {
  return log(x) * INVERSE_LN10;
}

const EXP_CELLS = 32;
/** e^(j ln 2 / 32) at j. */
const EXP_TABLE = Float64Array.from({ length: EXP_CELLS }, (_, j) => {
  let sum = 0;
  for (let n = 24; n >= 0; n--) sum = 1 + (sum * j * (LN2_HIGH + LN2_LOW)) / EXP_CELLS / (n + 1);
  return sum;
});

/** Exponential function; error below 3 ulp; 0 below −745.2, ∞ above 709.8. */
export function exp(x: number): number {
  scratch[0] = x;
  expAt(scratch, 0);
  return scratch[0];
}

/** Replaces `values[at]` by its exponential. @see logAt */
export function expAt(values: Float64Array, at: number): void {
  const x = values[at];
  if (!(x >= -745.2 && x <= 709.782712893384)) {
    values[at] = x < 0 ? 0 : x > 0 ? Infinity : NaN;
    return;
  }
  const n = Math.floor(x * (INVERSE_LN2 * EXP_CELLS) + 0.5);
  const r = x - n * (LN2_HIGH / EXP_CELLS) - n * (LN2_LOW / EXP_CELLS); // |r| <= 0.0109
  const square = r * r;
  // Taylor series to the 6th power: what is left out is below 2^-56
  const tail =
    square * (1 / 2 + square * (1 / 24 + square * (1 / 720))) +
    r * (1 + square * (1 / 6 + square * (1 / 120)));
  const base = EXP_TABLE[n & (EXP_CELLS - 1)];
  const value = base + base * tail;
  const k = n >> 5;
  if (k > 1023) values[at] = value * 2 * POWERS[1073 + k];
  else if (k < -1021)
    values[at] = value * POWERS[1074 + k + 60] * 8.673617379884035e-19; // 2^-60
  else values[at] = value * POWERS[1074 + k];
}

/** 10^x. */
export function exp10(x: number): number {
  return exp(x * LN10);
}

/** Hyperbolic tangent, odd, in (−1, 1). */
export function tanh(x: number): number {
  const magnitude = x < 0 ? -x : x;
  if (magnitude > 22) return x < 0 ? -1 : 1;
  if (magnitude < 1e-4) return x - (x * x * x) / 3;
  const e = exp(2 * magnitude);
  const value = 1 - 2 / (e + 1);
  return x < 0 ? -value : value;
}
