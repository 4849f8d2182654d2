import { exp } from '../../math/index.js';
import { Link } from './link.js';
import type { ScaledProblem } from './scaled.js';

const MAX_STEPS = 80;
const SCAN = 48;

/**
 * The transmission part of a device's Lagrangian, Φ(w, θ; λ) = min over b ≤ 1, p ≤ Pmax of w·t + λ·b + θ·p·t, exactly:
 * convex in (ln b, ln p), so a damped Newton method on whichever bounds are free. The last minimiser of each device is
 * kept as the next start.
 */
export class AirCost {
  /** Minimiser of the last call. */
  y = 0;
  z = 0;
  readonly link: Link;
  readonly #start: Float64Array;
  readonly #weak: Uint8Array;

  constructor(readonly problem: ScaledProblem) {
    this.link = new Link(problem);
    this.#start = new Float64Array(problem.count).fill(NaN);
    // Where even full power carries few nats per interval, ln R need not be concave: such links are scanned first.
    const few = 8 * problem.tailInverse * problem.tailInverse;
    this.#weak = new Uint8Array(problem.count);
    for (let m = 0; m < problem.count; m++) {
      const nats = problem.blocklength * problem.snrGain[m] * problem.power[m];
      const needed = problem.size[m] / (problem.slowest[m] * problem.rateScale);
      const safe = 1.5 * problem.tailInverse * problem.tailInverse;
      this.#weak[m] = nats < few && needed < safe ? 1 : 0;
    }
  }

  /**
   * @param w price of transmission time, > 0
   * @param theta price of transmission energy, ms/mJ, ≥ 0
   * @param lambda price of band, ms per share, ≥ 0
   * @returns the minimum, ms; ∞ if the link carries nothing
   */
  cost(device: number, w: number, theta: number, lambda: number): number {
    const top = this.problem.logPower[device];
    if (this.#weak[device]) return this.#scanned(device, w, theta, lambda, top);
    const start = this.#startBand(device, top);
    if (start !== start) return Infinity;
    return this.#minimise(device, w, theta, lambda, start, top);
  }

  #minimise(device: number, w: number, theta: number, lambda: number, y: number, z: number): number {
    const top = this.problem.logPower[device];
    const value = this.#alongBand(device, w, theta, lambda, y, z);
    const { link } = this;
    const power = exp(this.z);
    const pull = (w + theta * power) * link.timeZ + theta * power * link.time;
    const best = z < top || pull > 0 ? this.#inPlane(device, w, theta, lambda, top) : value;
    this.#start[device] = this.y;
    return best;
  }

  /** A share at which the link carries something at power e^z: the last minimiser, or the first found from ½ down and up. */
  #startBand(device: number, z: number): number {
    const { link } = this;
    const kept = this.#start[device];
    if (kept === kept && link.evaluate(device, kept, z)) return kept;
    for (let y = -0.7; y > -14; y -= 1.4) if (link.evaluate(device, y, z)) return y;
    return link.evaluate(device, 0, z) ? 0 : NaN;
  }

  /** Newton's method over y at power e^z. */
  #alongBand(device: number, w: number, theta: number, lambda: number, y: number, z: number): number {
    const { link } = this;
    const weight = w + theta * exp(z);
    link.evaluate(device, y, z);
    let band = exp(y);
    let value = weight * link.time + lambda * band;
    for (let step = 0; step < MAX_STEPS; step++) {
      const slope = weight * link.timeY + lambda * band;
      const bend = weight * link.timeYY + lambda * band;
      if (y >= 0 && slope <= 0) break;
      let move = bend > 0 ? -slope / bend : -Math.sign(slope) * 0.5;
      if (move > 2) move = 2;
      if (move < -2) move = -2;
      if (y + move > 0) move = -y;
      const from = y;
      const before = value;
      for (let halving = 0; halving < 40; halving++, move *= 0.5) {
        y = from + move;
        band = exp(y);
        value = link.evaluate(device, y, z) ? weight * link.time + lambda * band : Infinity;
        if (value <= before * (1 + 1e-15)) break;
      }
      if (slope * slope <= 1e-13 * Math.abs(bend) * value) break;
    }
    this.y = y;
    this.z = z;
    return value;
  }

  /** Newton's method over (y, z) from the present point, which has y ≤ 0 and z ≤ top. */
  #inPlane(device: number, w: number, theta: number, lambda: number, top: number): number {
    const { link } = this;
    let { y, z } = this;
    link.evaluate(device, y, z);
    let value = (w + theta * exp(z)) * link.time + lambda * exp(y);
    for (let step = 0; step < MAX_STEPS; step++) {
      const power = exp(z);
      const band = exp(y);
      const weight = w + theta * power;
      const gy = weight * link.timeY + lambda * band;
      const gz = weight * link.timeZ + theta * power * link.time;
      let hyy = weight * link.timeYY + lambda * band;
      let hzz = weight * link.timeZZ + theta * power * (2 * link.timeZ + link.time);
      const hyz = weight * link.timeYZ + theta * power * link.timeY;
      const holdY = y >= 0 && gy <= 0;
      const holdZ = z >= top && gz <= 0;
      if (holdY && holdZ) break;
      if (!(hyy > 0)) hyy = Math.abs(gy);
      if (!(hzz > 0)) hzz = Math.abs(gz);
      const determinant = hyy * hzz - hyz * hyz;
      let moveY = 0;
      let moveZ = 0;
      if (holdY) moveZ = -gz / hzz;
      else if (holdZ) moveY = -gy / hyy;
      else if (determinant > 1e-12 * hyy * hzz) {
        moveY = (-gy * hzz + gz * hyz) / determinant;
        moveZ = (-gz * hyy + gy * hyz) / determinant;
      } else {
        moveY = -gy / hyy;
        moveZ = -gz / hzz;
      }
      const decrement = -(gy * moveY + gz * moveZ);
      if (decrement <= 1e-14 * value) break;
      const cap = 2 / Math.max(2, Math.abs(moveY), Math.abs(moveZ));
      const fromY = y;
      const fromZ = z;
      const before = value;
      for (let length = cap, halving = 0; halving < 50; halving++, length *= 0.5) {
        y = Math.min(0, fromY + length * moveY);
        z = Math.min(top, fromZ + length * moveZ);
        value = link.evaluate(device, y, z) ? (w + theta * exp(z)) * link.time + lambda * exp(y) : Infinity;
        if (value <= before) break;
      }
      if (!(value <= before)) {
        y = fromY;
        z = fromZ;
        value = before;
        break;
      }
    }
    this.y = y;
    this.z = z;
    return value;
  }

  #scanned(device: number, w: number, theta: number, lambda: number, top: number): number {
    let best = Infinity;
    let bestY = NaN;
    let bestZ = top;
    const powers = theta > 0 ? SCAN : 1;
    for (let i = 0; i < powers; i++) {
      const z = top - (i * 10) / SCAN;
      for (let k = 0; k < SCAN; k++) {
        const y = (-12 * k) / SCAN;
        const rate = this.link.rate(device, y, z);
        if (!(rate > 0)) continue;
        const value = ((w + theta * exp(z)) * this.problem.size[device]) / rate + lambda * exp(y);
        if (value < best) {
          best = value;
          bestY = y;
          bestZ = z;
        }
      }
    }
    if (best === Infinity) return Infinity;
    return Math.min(best, this.#minimise(device, w, theta, lambda, bestY, bestZ));
  }
}
