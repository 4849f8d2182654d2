/**
 * Elementary functions from additions, multiplications, divisions and bit patterns only, which IEEE 754 fixes to the
 * last bit. Engines may, and do, round `Math.log`, `Math.exp` and `Math.pow` differently between versions; a run has to
 * give the same bytes in Node and in every browser, so nothing that decides an outcome uses those.
 */
const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
const highWord = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

const LN2_HIGH = 6.9314718036912381649e-1; // 33 leading bits of ln 2, so that k · LN2_HIGH is exact
const LN2_LOW = 1.90821492927058770002e-10;
const INVERSE_LN2 = 1.4426950408889634;
const INVERSE_LN10 = 0.4342944819032518;
const LN10 = 2.302585092994046;
const SQRT_HALF_HIGH_WORD = 0x3fe6a09e;

/** Natural logarithm; error below 2 ulp. `x <= 0` gives −∞ (0) or NaN. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  let exponent = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54
    exponent = -54;
  }
  float[0] = x;
  // x = 2^exponent · m with m in [√½, √2)
  const high = words[highWord]!;
  const shift = high + (0x3ff00000 - SQRT_HALF_HIGH_WORD);
  exponent += (shift >>> 20) - 0x3ff;
  words[highWord] = (shift & 0x000fffff) + SQRT_HALF_HIGH_WORD;
  const m = float[0]!;
  // ln m = 2 artanh(s), s = (m − 1) / (m + 1), |s| <= 0.1716
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const series =
    z *
    (2 / 3 +
      z *
        (2 / 5 +
          z *
            (2 / 7 +
              z * (2 / 9 + z * (2 / 11 + z * (2 / 13 + z * (2 / 15 + z * (2 / 17 + z * (2 / 19)))))))));
  // 2s = f − s·f, so ln m = f − s·(f − series)
  return exponent * LN2_HIGH + (f - (s * (f - series) - exponent * LN2_LOW));
}

/** Base-2 logarithm. */
export function log2(x: number): number {
  return log(x) * INVERSE_LN2;
}

/** Base-10 logarithm. */
export function log10(x: number): number {
  return log(x) * INVERSE_LN10;
}

/** Exponential function; error below 2 ulp; 0 below −745.2, ∞ above 709.8. */
export function exp(x: number): number {
  if (x > 709.782712893384) return Infinity;
  if (x < -745.2) return 0;
  if (x !== x) return NaN;
  const k = Math.floor(x * INVERSE_LN2 + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW; // |r| <= 0.3466
  // Taylor series to the 13th power: truncation below 2^-56 relative on |r| <= 0.3466
  const series =
    1 +
    r *
      (1 +
        r *
          (1 / 2 +
            r *
              (1 / 6 +
                r *
                  (1 / 24 +
                    r *
                      (1 / 120 +
                        r *
                          (1 / 720 +
                            r *
                              (1 / 5040 +
                                r *
                                  (1 / 40320 +
                                    r *
                                      (1 / 362880 +
                                        r *
                                          (1 / 3628800 +
                                            r *
                                              (1 / 39916800 + r * (1 / 479001600 + r / 6227020800))))))))))));
  return scaleByPowerOfTwo(series, k);
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

function scaleByPowerOfTwo(value: number, k: number): number {
  if (k > 1023) return scaleByPowerOfTwo(value * 8.98846567431158e307, k - 1023);
  if (k < -1021) return scaleByPowerOfTwo(value * 2.2250738585072014e-308, k + 1022);
  words[highWord] = (k + 1023) << 20;
  words[1 - highWord] = 0;
  return value * float[0]!;
}
