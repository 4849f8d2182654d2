import { exp, log10 } from '../math/index.js';

/** What of a link does not change while a device moves. */
export interface LinkGeometry {
  /** Antenna height of the base station above ground, m. */
  readonly baseHeightM: number;
  /** Antenna height of the device above ground, m. */
  readonly deviceHeightM: number;
  /** Carrier frequency, Hz. */
  readonly frequencyHz: number;
}

/**
 * Path loss in dB.
 *
 * @param horizontalM horizontal distance, m; clamped from below at 1 mm
 * @param losUniform the link's uniform variate in [0, 1) that decides on line of sight; ignored by most models
 * @param shadowNormal the link's standard normal variate of shadowing; ignored by models without shadowing
 */
export type LossFunction = (horizontalM: number, losUniform: number, shadowNormal: number) => number;

/** A path-loss model; `prepare` does once what depends on heights and frequency only. */
export interface PathLoss {
  /** Whether the model reads the link's random variates. */
  readonly random: boolean;
  prepare(geometry: LinkGeometry): LossFunction;
}

const MIN_DISTANCE_M = 1e-3;
const LIGHT_SPEED_MPS = 299_792_458;

const distance3d = (horizontalM: number, { baseHeightM, deviceHeightM }: LinkGeometry) => {
  const height = baseHeightM - deviceHeightM;
  return Math.max(MIN_DISTANCE_M, Math.sqrt(horizontalM * horizontalM + height * height));
};

/**
 * Okumura-Hata for a small or medium city, over the horizontal distance (paper 000, section IV-A through mobile-env):
 * L = 69.55 + 26.16 lg f − 13.82 lg h_b − C + (44.9 − 6.55 lg h_b) lg d, with f in MHz, d in km and
 * C = 0.8 + (1.1 lg f − 0.7) h_m − 1.56 lg f.
 *
 * **Deviation**: stated for 150-1500 MHz, 30-200 m and 1-20 km; paper 000 uses it at 3.5 GHz and below 200 m.
 */
export function okumuraHata(): PathLoss {
  return {
    random: false,
    prepare({ baseHeightM, deviceHeightM, frequencyHz }) {
      const logFrequency = log10(frequencyHz / 1e6);
      const logHeight = log10(baseHeightM);
      const correction = 0.8 + (1.1 * logFrequency - 0.7) * deviceHeightM - 1.56 * logFrequency;
      const slope = 44.9 - 6.55 * logHeight;
      const intercept = 69.55 + 26.16 * logFrequency - 13.82 * logHeight - correction - 3 * slope;
      return (horizontalM) => intercept + slope * log10(Math.max(MIN_DISTANCE_M, horizontalM));
    },
  };
}

/** Free-space loss over the 3-D distance: 20 lg(4π d f / c) (Friis). */
export function freeSpace(): PathLoss {
  return {
    random: false,
    prepare(geometry) {
      const intercept = 20 * log10((4 * Math.PI * geometry.frequencyHz) / LIGHT_SPEED_MPS);
      return (horizontalM) => intercept + 20 * log10(distance3d(horizontalM, geometry));
    },
  };
}

/** Options of {@link logDistance}. */
export interface LogDistanceOptions {
  /** Path-loss exponent, > 0. */
  exponent: number;
  /** Loss at the reference distance, dB; default free space there. */
  referenceLossDb?: number | undefined;
  /** Reference distance, m; default 1. */
  referenceDistanceM?: number | undefined;
  /** Standard deviation of log-normal shadowing, dB; default 0. */
  shadowingDb?: number | undefined;
}

/** Log-distance loss over the 3-D distance: L(d0) + 10 n lg(d / d0) + σ Z. */
export function logDistance({
  exponent,
  referenceLossDb,
  referenceDistanceM = 1,
  shadowingDb = 0,
}: LogDistanceOptions): PathLoss {
  return {
    random: shadowingDb > 0,
    prepare(geometry) {
      const reference =
        referenceLossDb ??
        20 * log10((4 * Math.PI * geometry.frequencyHz * referenceDistanceM) / LIGHT_SPEED_MPS);
      const intercept = reference - 10 * exponent * log10(referenceDistanceM);
      return (horizontalM, _losUniform, shadowNormal) =>
        intercept + 10 * exponent * log10(distance3d(horizontalM, geometry)) + shadowingDb * shadowNormal;
    },
  };
}

/**
 * 3GPP TR 38.901 (release 16) urban micro, street canyon, tables 7.4.1-1 and 7.4.2-1: a link is in line of sight where its
 * uniform variate lies below P_LOS(d); shadowing of 4 dB (LOS) or 7.82 dB (NLOS).
 */
export function umi({ shadowing = true }: { shadowing?: boolean | undefined } = {}): PathLoss {
  return {
    random: true,
    prepare(geometry) {
      const { baseHeightM, deviceHeightM, frequencyHz } = geometry;
      const logFrequency = log10(frequencyHz / 1e9);
      const breakpointM = (4 * (baseHeightM - 1) * (deviceHeightM - 1) * frequencyHz) / LIGHT_SPEED_MPS;
      const height = baseHeightM - deviceHeightM;
      const logBreak = 9.5 * log10(breakpointM * breakpointM + height * height);
      return (horizontalM, losUniform, shadowNormal) => {
        const logDistance3d = log10(distance3d(horizontalM, geometry));
        const lineOfSight =
          horizontalM <= breakpointM
            ? 32.4 + 21 * logDistance3d + 20 * logFrequency
            : 32.4 + 40 * logDistance3d + 20 * logFrequency - logBreak;
        if (losUniform < umiLosProbability(horizontalM)) {
          return lineOfSight + (shadowing ? 4 * shadowNormal : 0);
        }
        const blocked = 22.4 + 35.3 * logDistance3d + 21.3 * logFrequency - 0.3 * (deviceHeightM - 1.5);
        return Math.max(lineOfSight, blocked) + (shadowing ? 7.82 * shadowNormal : 0);
      };
    },
  };
}

/** Line-of-sight probability of the urban micro model, TR 38.901 table 7.4.2-1. */
export function umiLosProbability(horizontalM: number): number {
  if (horizontalM <= 18) return 1;
  return 18 / horizontalM + exp(-horizontalM / 36) * (1 - 18 / horizontalM);
}
