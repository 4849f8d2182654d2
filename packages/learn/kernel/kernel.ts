// AssemblyScript: the arithmetic of small perceptrons in 128-bit SIMD, single precision, over addresses in linear memory.
// Matrices are row-major; every dimension is a multiple of 4 (callers pad with zeros). There is no allocation, no
// relaxed instruction and no fused multiply-add, so the bits are the same on every engine.
// Compiled by `npm run build:kernel -w packages/learn` into src/kernel/binary.ts.

/** tanh of four numbers: a rational approximation, exact to 3e-7. */
// @ts-ignore: a decorator of AssemblyScript, which TypeScript has not on functions
@inline
function tanh4(value: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(value, f32x4.splat(7.90531110763549805)), f32x4.splat(-7.90531110763549805));
  const x2 = f32x4.mul(x, x);
  let p = f32x4.add(f32x4.mul(x2, f32x4.splat(-2.76076847742355e-16)), f32x4.splat(2.00018790482477e-13));
  p = f32x4.add(f32x4.mul(x2, p), f32x4.splat(-8.60467152213735e-11));
  p = f32x4.add(f32x4.mul(x2, p), f32x4.splat(5.12229709037114e-8));
  p = f32x4.add(f32x4.mul(x2, p), f32x4.splat(1.48572235717979e-5));
  p = f32x4.add(f32x4.mul(x2, p), f32x4.splat(6.37261928875436e-4));
  p = f32x4.add(f32x4.mul(x2, p), f32x4.splat(4.89352455891786e-3));
  let q = f32x4.add(f32x4.mul(x2, f32x4.splat(1.19825839466702e-6)), f32x4.splat(1.18534705686654e-4));
  q = f32x4.add(f32x4.mul(x2, q), f32x4.splat(2.268434632439e-3));
  q = f32x4.add(f32x4.mul(x2, q), f32x4.splat(4.89352518554385e-3));
  return f32x4.div(f32x4.mul(x, p), q);
}

/** Rows of w that are packed at a time: 8 kB of the first-level cache. */
const PANEL: i32 = 256;

/**
 * y [rows × cols] = f(x [rows × inner] · w [inner × cols] + bias [cols]); f is tanh or the identity. Eight columns of w at a
 * time are packed into `panel` [PANEL × 8], since rows that lie a power of two apart would drive each other out of the cache.
 */
export function affine(
  x: usize,
  w: usize,
  bias: usize,
  y: usize,
  rows: i32,
  inner: i32,
  cols: i32,
  activate: bool,
  panel: usize,
): void {
  const xStride: usize = (<usize>inner) << 2;
  const wStride: usize = (<usize>cols) << 2;
  const yEnd: usize = y + <usize>rows * wStride;
  let col: usize = 0;
  for (; col + 32 <= wStride; col += 32) {
    for (let first = 0; first < inner; first += PANEL) {
      const count = min(PANEL, inner - first);
      const panelEnd = panel + (<usize>count << 5);
      let wk: usize = w + col + <usize>first * wStride;
      for (let at = panel; at < panelEnd; at += 32) {
        v128.store(at, v128.load(wk));
        v128.store(at, v128.load(wk, 16), 16);
        wk += wStride;
      }
      const isLast = first + count === inner;
      let x0: usize = x + (<usize>first << 2);
      for (let out = y + col; out < yEnd; out += 4 * wStride) {
        let a00: v128, a01: v128, a10: v128, a11: v128, a20: v128, a21: v128, a30: v128, a31: v128;
        if (first === 0) {
          a00 = v128.load(bias + col);
          a01 = v128.load(bias + col, 16);
          a10 = a00;
          a11 = a01;
          a20 = a00;
          a21 = a01;
          a30 = a00;
          a31 = a01;
        } else {
          a00 = v128.load(out);
          a01 = v128.load(out, 16);
          a10 = v128.load(out + wStride);
          a11 = v128.load(out + wStride, 16);
          a20 = v128.load(out + 2 * wStride);
          a21 = v128.load(out + 2 * wStride, 16);
          a30 = v128.load(out + 3 * wStride);
          a31 = v128.load(out + 3 * wStride, 16);
        }
        let xk = x0;
        for (let at = panel; at < panelEnd; at += 32) {
          const w0 = v128.load(at);
          const w1 = v128.load(at, 16);
          const s0 = v128.load_splat<f32>(xk);
          a00 = f32x4.add(a00, f32x4.mul(s0, w0));
          a01 = f32x4.add(a01, f32x4.mul(s0, w1));
          const s1 = v128.load_splat<f32>(xk + xStride);
          a10 = f32x4.add(a10, f32x4.mul(s1, w0));
          a11 = f32x4.add(a11, f32x4.mul(s1, w1));
          const s2 = v128.load_splat<f32>(xk + 2 * xStride);
          a20 = f32x4.add(a20, f32x4.mul(s2, w0));
          a21 = f32x4.add(a21, f32x4.mul(s2, w1));
          const s3 = v128.load_splat<f32>(xk + 3 * xStride);
          a30 = f32x4.add(a30, f32x4.mul(s3, w0));
          a31 = f32x4.add(a31, f32x4.mul(s3, w1));
          xk += 4;
        }
        if (activate && isLast) {
          a00 = tanh4(a00);
          a01 = tanh4(a01);
          a10 = tanh4(a10);
          a11 = tanh4(a11);
          a20 = tanh4(a20);
          a21 = tanh4(a21);
          a30 = tanh4(a30);
          a31 = tanh4(a31);
        }
        v128.store(out, a00);
        v128.store(out, a01, 16);
        v128.store(out + wStride, a10);
        v128.store(out + wStride, a11, 16);
        v128.store(out + 2 * wStride, a20);
        v128.store(out + 2 * wStride, a21, 16);
        v128.store(out + 3 * wStride, a30);
        v128.store(out + 3 * wStride, a31, 16);
        x0 += 4 * xStride;
      }
    }
  }
  // What is left: at most one column of four.
  for (; col < wStride; col += 16) {
    const b0 = v128.load(bias + col);
    let x0 = x;
    for (let out = y + col; out < yEnd; out += 4 * wStride) {
      let a0 = b0;
      let a1 = b0;
      let a2 = b0;
      let a3 = b0;
      let wk: usize = w + col;
      const xEnd = x0 + xStride;
      for (let xk = x0; xk < xEnd; xk += 4) {
        const w0 = v128.load(wk);
        a0 = f32x4.add(a0, f32x4.mul(v128.load_splat<f32>(xk), w0));
        a1 = f32x4.add(a1, f32x4.mul(v128.load_splat<f32>(xk + xStride), w0));
        a2 = f32x4.add(a2, f32x4.mul(v128.load_splat<f32>(xk + 2 * xStride), w0));
        a3 = f32x4.add(a3, f32x4.mul(v128.load_splat<f32>(xk + 3 * xStride), w0));
        wk += wStride;
      }
      if (activate) {
        a0 = tanh4(a0);
        a1 = tanh4(a1);
        a2 = tanh4(a2);
        a3 = tanh4(a3);
      }
      v128.store(out, a0);
      v128.store(out + wStride, a1);
      v128.store(out + 2 * wStride, a2);
      v128.store(out + 3 * wStride, a3);
      x0 += 4 * xStride;
    }
  }
}

/** Rows, and columns of d, that {@link addOuter} packs at a time. */
const SLICE: i32 = 64;
const SLICE_COLS: i32 = 256;

/**
 * out [inner × cols] += xᵀ [inner × rows] · d [rows × cols]. Slices of d are packed into `panel` [SLICE × SLICE_COLS] in
 * columns of eight, and behind it those of x, [SLICE × 4], four columns at a time.
 */
export function addOuter(x: usize, d: usize, out: usize, rows: i32, inner: i32, cols: i32, panel: usize): void {
  for (let first = 0; first < rows; first += SLICE) {
    for (let firstCol = 0; firstCol < cols; firstCol += SLICE_COLS) {
      const from = ((<usize>first * <usize>cols) + <usize>firstCol) << 2;
      addSlice(
        x + ((<usize>first * <usize>inner) << 2),
        d + from,
        out + (<usize>firstCol << 2),
        min(SLICE, rows - first),
        <usize>inner << 2,
        <usize>cols << 2,
        <usize>min(SLICE_COLS, cols - firstCol) << 2,
        panel,
      );
    }
  }
}

function addSlice(
  x: usize,
  d: usize,
  out: usize,
  count: i32,
  xStride: usize,
  dStride: usize,
  width: usize,
  panel: usize,
): void {
  const xPanel: usize = panel + (<usize>(SLICE * SLICE_COLS) << 2);
  const xEnd: usize = xPanel + (<usize>count << 4);
  const panelBytes: usize = <usize>count << 5;
  const wide: usize = width & ~31;
  let to = panel;
  for (let col: usize = 0; col < wide; col += 32) {
    let dk = d + col;
    for (let row = 0; row < count; row++) {
      v128.store(to, v128.load(dk));
      v128.store(to, v128.load(dk, 16), 16);
      to += 32;
      dk += dStride;
    }
  }
  for (let row: usize = 0; row < xStride; row += 16) {
    let xk = x + row;
    for (let at = xPanel; at < xEnd; at += 16) {
      v128.store(at, v128.load(xk));
      xk += xStride;
    }
    const o0: usize = out + (row >> 2) * dStride;
    let dk = panel;
    let col: usize = 0;
    for (; col < wide; col += 32) {
      const o = o0 + col;
      let a00 = v128.load(o);
      let a01 = v128.load(o, 16);
      let a10 = v128.load(o + dStride);
      let a11 = v128.load(o + dStride, 16);
      let a20 = v128.load(o + 2 * dStride);
      let a21 = v128.load(o + 2 * dStride, 16);
      let a30 = v128.load(o + 3 * dStride);
      let a31 = v128.load(o + 3 * dStride, 16);
      let at = xPanel;
      const end = dk + panelBytes;
      for (; dk < end; dk += 32) {
        const d0 = v128.load(dk);
        const d1 = v128.load(dk, 16);
        const s0 = v128.load_splat<f32>(at);
        a00 = f32x4.add(a00, f32x4.mul(s0, d0));
        a01 = f32x4.add(a01, f32x4.mul(s0, d1));
        const s1 = v128.load_splat<f32>(at, 4);
        a10 = f32x4.add(a10, f32x4.mul(s1, d0));
        a11 = f32x4.add(a11, f32x4.mul(s1, d1));
        const s2 = v128.load_splat<f32>(at, 8);
        a20 = f32x4.add(a20, f32x4.mul(s2, d0));
        a21 = f32x4.add(a21, f32x4.mul(s2, d1));
        const s3 = v128.load_splat<f32>(at, 12);
        a30 = f32x4.add(a30, f32x4.mul(s3, d0));
        a31 = f32x4.add(a31, f32x4.mul(s3, d1));
        at += 16;
      }
      v128.store(o, a00);
      v128.store(o, a01, 16);
      v128.store(o + dStride, a10);
      v128.store(o + dStride, a11, 16);
      v128.store(o + 2 * dStride, a20);
      v128.store(o + 2 * dStride, a21, 16);
      v128.store(o + 3 * dStride, a30);
      v128.store(o + 3 * dStride, a31, 16);
    }
    for (; col < width; col += 16) {
      const o = o0 + col;
      let a0 = v128.load(o);
      let a1 = v128.load(o + dStride);
      let a2 = v128.load(o + 2 * dStride);
      let a3 = v128.load(o + 3 * dStride);
      let dAt: usize = d + col;
      for (let at = xPanel; at < xEnd; at += 16) {
        const d0 = v128.load(dAt);
        a0 = f32x4.add(a0, f32x4.mul(v128.load_splat<f32>(at), d0));
        a1 = f32x4.add(a1, f32x4.mul(v128.load_splat<f32>(at, 4), d0));
        a2 = f32x4.add(a2, f32x4.mul(v128.load_splat<f32>(at, 8), d0));
        a3 = f32x4.add(a3, f32x4.mul(v128.load_splat<f32>(at, 12), d0));
        dAt += dStride;
      }
      v128.store(o, a0);
      v128.store(o + dStride, a1);
      v128.store(o + 2 * dStride, a2);
      v128.store(o + 3 * dStride, a3);
    }
  }
}

/** out [cols] += column sums of d [rows × cols]. */
export function addColumnSums(d: usize, out: usize, rows: i32, cols: i32): void {
  const stride: usize = (<usize>cols) << 2;
  const length = <usize>rows * stride;
  for (let col: usize = 0; col < stride; col += 16) {
    let sum = v128.load(out + col);
    for (let at: usize = col; at < length; at += stride) sum = f32x4.add(sum, v128.load(d + at));
    v128.store(out + col, sum);
  }
}

/** out [cols × rows] = w [rows × cols] transposed. */
export function transpose(w: usize, out: usize, rows: i32, cols: i32): void {
  const wStride: usize = (<usize>cols) << 2;
  const outStride: usize = (<usize>rows) << 2;
  for (let row: usize = 0; row < outStride; row += 16) {
    let to = out + row;
    const from = w + (row >> 2) * wStride;
    for (let at = from; at < from + wStride; at += 16) {
      const a = v128.load(at);
      const b = v128.load(at + wStride);
      const c = v128.load(at + 2 * wStride);
      const d = v128.load(at + 3 * wStride);
      const ab01 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const ab23 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cd01 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const cd23 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<i32>(ab01, cd01, 0, 1, 4, 5));
      v128.store(to + outStride, v128.shuffle<i32>(ab01, cd01, 2, 3, 6, 7));
      v128.store(to + 2 * outStride, v128.shuffle<i32>(ab23, cd23, 0, 1, 4, 5));
      v128.store(to + 3 * outStride, v128.shuffle<i32>(ab23, cd23, 2, 3, 6, 7));
      to += 4 * outStride;
    }
  }
}

/** d [count] ← d · (1 − y²): through the derivative of tanh. */
export function tanhBackward(d: usize, y: usize, count: i32): void {
  const one = f32x4.splat(1);
  const bytes: usize = (<usize>count) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const value = v128.load(y + at);
    const slope = f32x4.sub(one, f32x4.mul(value, value));
    v128.store(d + at, f32x4.mul(v128.load(d + at), slope));
  }
}

/** Sum of squares of g [count], in double precision. */
export function sumOfSquares(g: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const bytes: usize = (<usize>count) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const value = v128.load(g + at);
    const first = f64x2.promote_low_f32x4(value);
    const second = f64x2.promote_low_f32x4(v128.shuffle<i32>(value, value, 2, 3, 0, 1));
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * One step of Adam (Kingma & Ba 2015, algorithm 1) on p [count] with gradients g · scale:
 * complements are 1 − β, rounded from double precision;
 * m ← β1 m + (1 − β1) g; v ← β2 v + (1 − β2) g²; p ← p − rate · m / (√v / correction + ε).
 */
export function adam(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  count: i32,
  scale: f32,
  beta1: f32,
  complement1: f32,
  beta2: f32,
  complement2: f32,
  rate: f32,
  correction: f32,
  epsilon: f32,
): void {
  const scale4 = f32x4.splat(scale);
  const b1 = f32x4.splat(beta1);
  const c1 = f32x4.splat(complement1);
  const b2 = f32x4.splat(beta2);
  const c2 = f32x4.splat(complement2);
  const rate4 = f32x4.splat(rate);
  const correction4 = f32x4.splat(correction);
  const epsilon4 = f32x4.splat(epsilon);
  const bytes: usize = (<usize>count) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const gradient = f32x4.mul(v128.load(g + at), scale4);
    const first = f32x4.add(f32x4.mul(b1, v128.load(m + at)), f32x4.mul(c1, gradient));
    const square = f32x4.mul(gradient, gradient);
    const second = f32x4.add(f32x4.mul(b2, v128.load(v + at)), f32x4.mul(c2, square));
    const size = f32x4.add(f32x4.div(f32x4.sqrt(second), correction4), epsilon4);
    v128.store(m + at, first);
    v128.store(v + at, second);
    v128.store(p + at, f32x4.sub(v128.load(p + at), f32x4.div(f32x4.mul(rate4, first), size)));
  }
}

/** eˣ of four numbers in [−80, 20]: 2ⁿ · eʳ with |r| ≤ ln 2 / 2 and eʳ by a polynomial (Cephes' expf), exact to 2e-7 of itself. */
// @ts-ignore: a decorator of AssemblyScript, which TypeScript has not on functions
@inline
function exp4(x: v128): v128 {
  // Beyond 2²³ a number's last bit is 1: adding 1.5 · 2²³ rounds to n and leaves n in the lowest bits.
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440054690583e-4)));
  let p = f32x4.add(f32x4.mul(r, f32x4.splat(1.98756915e-4)), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(r, p), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(r, p), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(r, p), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(r, p), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(r, r), p), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/**
 * y [count] ← mish(y), slope [count] ← mish′(y): y · tanh(ln(1 + eʸ)) (Misra 2020). With e = eʸ and n = e (e + 2) the
 * tanh is n / (n + 2) and its derivative 4 e (e + 1) / (n + 2)²; e is taken at y clamped to [−80, 20].
 */
export function mish(y: usize, slope: usize, count: i32): void {
  const bytes: usize = (<usize>count) << 2;
  let at: usize = 0;
  for (; at + 64 <= bytes; at += 64) {
    mish4(y + at, slope + at);
    mish4(y + at + 16, slope + at + 16);
    mish4(y + at + 32, slope + at + 32);
    mish4(y + at + 48, slope + at + 48);
  }
  for (; at < bytes; at += 16) mish4(y + at, slope + at);
}

// @ts-ignore: a decorator of AssemblyScript, which TypeScript has not on functions
@inline
function mish4(y: usize, slope: usize): void {
  const two = f32x4.splat(2);
  const x = v128.load(y);
  const e = exp4(f32x4.pmax(f32x4.pmin(x, f32x4.splat(20)), f32x4.splat(-80)));
  const n = f32x4.mul(e, f32x4.add(e, two));
  const below = f32x4.add(n, two);
  const t = f32x4.div(n, below);
  const rise = f32x4.div(
    f32x4.mul(f32x4.splat(4), f32x4.mul(e, f32x4.add(e, f32x4.splat(1)))),
    f32x4.mul(below, below),
  );
  v128.store(y, f32x4.mul(x, t));
  v128.store(slope, f32x4.add(t, f32x4.mul(x, rise)));
}

/** y [count] ← max(y, 0), slope [count] ← 1 where y > 0, else 0. */
export function relu(y: usize, slope: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const bytes: usize = (<usize>count) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = v128.load(y + at);
    const positive = f32x4.gt(x, zero);
    v128.store(y + at, v128.and(x, positive));
    v128.store(slope + at, v128.and(one, positive));
  }
}

/** d [count] ← d · slope. */
export function multiply(d: usize, slope: usize, count: i32): void {
  const bytes: usize = (<usize>count) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(d + at, f32x4.mul(v128.load(d + at), v128.load(slope + at)));
  }
}

/** target [count] ← target + rate · (source − target): Polyak averaging. */
export function approach(target: usize, source: usize, count: i32, rate: f32): void {
  const rate4 = f32x4.splat(rate);
  const bytes: usize = (<usize>count) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const value = v128.load(target + at);
    v128.store(target + at, f32x4.add(value, f32x4.mul(rate4, f32x4.sub(v128.load(source + at), value))));
  }
}
