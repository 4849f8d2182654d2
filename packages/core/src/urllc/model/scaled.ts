import { log } from '../../math/index.js';
import { gaussianTailInverse } from '../../radio/index.js';
import type { UrllcInstance } from './instance.js';

/**
 * An instance in units that keep every quantity near 1 (ms, mJ, kbit, Mcycle, GHz, W, kbit/ms), as typed arrays over the
 * devices. What deviations do is folded in: local rates are *real* rates, edge rates are estimated ones and `edgeYield`
 * turns them into real ones.
 */
export interface ScaledProblem {
  readonly count: number;
  /** Task size, kbit. */
  readonly size: Float64Array;
  /** Task work, Mcycle. */
  readonly work: Float64Array;
  /** Deadline, ms. */
  readonly deadline: Float64Array;
  /** Energy budget, mJ. */
  readonly energy: Float64Array;
  /** ln of the largest power in W. */
  readonly logPower: Float64Array;
  /** Largest power, W. */
  readonly power: Float64Array;
  /** Largest real local rate F_ue·(1 − devUe), GHz. */
  readonly localRate: Float64Array;
  /** Local energy of a whole task done in τ ms is `localEnergy / τ²` mJ: κ·C³ in scaled units. */
  readonly localEnergy: Float64Array;
  /** γ = p · snrGain / b: ‖h‖²/(B·N0), 1/W. */
  readonly snrGain: Float64Array;
  /** Longest transmission at Rmin, ms; ∞ if Rmin is 0. */
  readonly slowest: Float64Array;
  /** Channel uses of the whole band in one interval, φB. */
  readonly blocklength: number;
  readonly tailInverse: number;
  /** kbit/ms per nat per interval: 1/(φ·ln 2·10⁶). */
  readonly rateScale: number;
  /** Edge processing rate, GHz. */
  readonly edgeRate: number;
  /** 1 − devEs. */
  readonly edgeYield: number;
  /** Caching capacity, bit, and task sizes, bit: unscaled, so that sums of integers stay exact. */
  readonly capacityBits: number;
  readonly sizeBits: Float64Array;
  readonly rminAll: boolean;
}

/**
 * Scales an instance.
 *
 * @param robust treat `devUe`, `devEs` as half-widths δ: rates may deviate by anything in [−δ, δ]. Latency is worst at +δ
 *   and the energy at −δ, and the limits do not share a device's deviation, so (1 − δ) in every latency and (1 + δ)² in
 *   every energy is the exact worst case.
 */
export function scaleInstance(instance: UrllcInstance, robust = false): ScaledProblem {
  const { ue, B, N0, phi, Rmin, kappa, devUe, devEs } = instance;
  const column = (of: (device: UrllcInstance['ue'][number]) => number) => Float64Array.from(ue, of);
  const ratio = robust ? (1 + devUe) / (1 - devUe) : 1;
  const energyFactor = ratio * ratio;
  return {
    count: ue.length,
    size: column((device) => device.D / 1e3),
    work: column((device) => device.C / 1e6),
    deadline: column((device) => device.Tmax * 1e3),
    energy: column((device) => device.Emax * 1e3),
    logPower: column((device) => log(device.Pmax)),
    power: column((device) => device.Pmax),
    localRate: column((device) => (device.Fue * (1 - devUe)) / 1e9),
    localEnergy: column(({ C }) => kappa * energyFactor * 1e27 * (C / 1e6) * (C / 1e6) * (C / 1e6)),
    snrGain: column((device) => device.h2 / (B * N0)),
    slowest: column((device) => (Rmin > 0 ? (device.D / Rmin) * 1e3 : Infinity)),
    blocklength: phi * B,
    tailInverse: gaussianTailInverse(instance.eps),
    rateScale: 1 / (phi * Math.LN2 * 1e6),
    edgeRate: instance.Fes / 1e9,
    edgeYield: 1 - devEs,
    capacityBits: instance.S,
    sizeBits: column((device) => device.D),
    rminAll: instance.rminAll,
  };
}
