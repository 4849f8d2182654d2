import { exp, log, log2 } from '../math/index.js';

/** Whole ages below this decay by repeated squaring. */
const WHOLE_AGES = 1024;
const LN2 = 0.6931471805599453;
const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
const highWord = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Exponential forgetting with a coefficient λ per slot that all services share. */
export class Decay {
  readonly #lnLambda: number;
  readonly #doublingsPerSlot: number;
  /** λ^age once it was asked for; 0 before. */
  readonly #wholePowers = new Float64Array(WHOLE_AGES);
  #askedAge = 0;
  #askedFactor = 1;

  /** @param lambda in (0, 1] */
  constructor(readonly lambda: number) {
    this.#lnLambda = log(lambda);
    this.#doublingsPerSlot = lambda === 1 ? 0 : -log2(lambda);
  }

  /** λ^age. Whole ages by repeated squaring, so that λ = ½ and the like decay exactly. @param age slots, >= 0 */
  factor(age: number): number {
    if (age === 0 || this.lambda === 1) return 1;
    if (age < WHOLE_AGES && Math.floor(age) === age) {
      return (this.#wholePowers[age] ||= wholePower(this.lambda, age));
    }
    if (age === this.#askedAge) return this.#askedFactor; // servers side by side ask the same
    this.#askedAge = age;
    this.#askedFactor = exp(age * this.#lnLambda);
    return this.#askedFactor;
  }

  /**
   * A number that orders (value, time) pairs as value·λ^(−time) does, so as the decayed values at any common later time
   * do: it stays right for as long as the value is not touched, and needs no rescaling. With value·λ^(−time) = m·2^e,
   * 1 ≤ m < 2, it is e + (m − 1), a piecewise linear stand-in for the logarithm log2(value) + time·log2(1/λ) that never
   * overflows and keeps exact ties exact. Its own last bit is some 2^-44: scores that differ by less than that of themselves
   * may pass for equal.
   *
   * @param value >= 0; 0 gives −∞
   * @param time slots
   */
  key(value: number, time: number): number {
    if (!(value > 0)) return -Infinity;
    const doublings = time * this.#doublingsPerSlot;
    const whole = Math.floor(doublings);
    const rest = doublings - whole;
    float[0] = rest === 0 ? value : value * exp(rest * LN2);
    const high = words[highWord];
    const exponent = (high >>> 20) - 1023;
    words[highWord] = (high & 0x000fffff) | 0x3ff00000;
    return whole + exponent + (float[0] - 1);
  }
}

function wholePower(base: number, exponent: number): number {
  let result = 1;
  for (let rest = exponent; rest > 0; rest >>>= 1) {
    if (rest & 1) result *= base;
    base *= base;
  }
  return result;
}
