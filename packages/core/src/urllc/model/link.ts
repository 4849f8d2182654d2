import { exp, log } from '../../math/index.js';
import type { ScaledProblem } from './scaled.js';

/**
 * Transmission time t = D/R(b, p) of one device with its first and second derivatives in y = ln b and z = ln p, by the
 * rate of paper 003, eq. 1 with the exact dispersion V.
 *
 * With V = 1, ln R is concave in (y, z), so t is log-convex and the rest of the problem a geometric program. With the
 * exact V the same holds wherever R carries more than 1.5·Q⁻¹(ε)² nats per interval (docs/urllc.md).
 */
export class Link {
  /** Transmission time, ms; ∞ where the rate is not positive. */
  time = 0;
  timeY = 0;
  timeZ = 0;
  timeYY = 0;
  timeYZ = 0;
  timeZZ = 0;

  constructor(readonly problem: ScaledProblem) {}

  /** Rate in kbit/ms at share e^y and power e^z. */
  rate(device: number, y: number, z: number): number {
    const { blocklength, tailInverse, rateScale, snrGain } = this.problem;
    const uses = blocklength * exp(y);
    const snr = snrGain[device] * exp(z - y);
    const dispersion = (snr * (2 + snr)) / ((1 + snr) * (1 + snr));
    return rateScale * (uses * log1p(snr) - tailInverse * Math.sqrt(uses * dispersion));
  }

  /** Fills the fields; returns whether the rate is positive. */
  evaluate(device: number, y: number, z: number): boolean {
    const { blocklength, tailInverse, rateScale, snrGain, size } = this.problem;
    const uses = blocklength * exp(y);
    const snr = snrGain[device] * exp(z - y);
    const capacity = log1p(snr);
    const sigma = snr / (1 + snr);
    const dispersion = sigma * (1 + 1 / (1 + snr));
    const penalty = tailInverse * Math.sqrt(uses * dispersion);
    const nats = uses * capacity - penalty;
    if (!(nats > 0)) {
      this.time = Infinity;
      return false;
    }
    // v = d ln V / d ln γ and its derivative
    const v = 2 / ((1 + snr) * (2 + snr));
    const slope = (-v * v * snr * (3 + 2 * snr)) / 2;
    const inverse = 1 / nats;
    const y1 = (uses * (capacity - sigma) - 0.5 * penalty * (1 - v)) * inverse;
    const z1 = (uses * sigma - 0.5 * penalty * v) * inverse;
    const curve = 0.5 * slope;
    const yy =
      (uses * (capacity - sigma - sigma * sigma) - penalty * (0.25 * (1 - v) * (1 - v) + curve)) * inverse;
    const yz = (uses * sigma * sigma - penalty * (0.25 * v * (1 - v) - curve)) * inverse;
    const zz = (uses * sigma * (1 - sigma) - penalty * (0.25 * v * v + curve)) * inverse;
    const time = size[device] / (rateScale * nats);
    this.time = time;
    this.timeY = -time * y1;
    this.timeZ = -time * z1;
    this.timeYY = time * (2 * y1 * y1 - yy);
    this.timeYZ = time * (2 * y1 * z1 - yz);
    this.timeZZ = time * (2 * z1 * z1 - zz);
    return true;
  }
}

/** ln(1 + x), exact also at small x. */
function log1p(x: number): number {
  if (x > 1e-3) return log(1 + x);
  return x * (1 - x * (1 / 2 - x * (1 / 3 - x * (1 / 4 - x * (1 / 5 - x / 6)))));
}
