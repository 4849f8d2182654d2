import { exp10, log10, log2 } from '../math/index.js';

/** Decibel-milliwatts to milliwatts. */
export function dbmToMw(dbm: number): number {
  return exp10(dbm / 10);
}

/** A power ratio in decibels to a plain ratio. */
export function dbToRatio(db: number): number {
  return exp10(db / 10);
}

/** A plain power ratio in decibels. */
export function ratioToDb(ratio: number): number {
  return 10 * log10(ratio);
}

/**
 * SNR of a link, as a plain ratio: 10^((P − L)/10) / noise.
 *
 * @param txPowerDbm transmission power, dBm
 * @param lossDb path loss, dB
 * @param noiseMw noise power, mW
 */
export function snr(txPowerDbm: number, lossDb: number, noiseMw: number): number {
  return exp10((txPowerDbm - lossDb) / 10) / noiseMw;
}

/** Spectral efficiency of Shannon's capacity, bit/s/Hz: log2(1 + SNR). */
export function spectralEfficiency(snrRatio: number): number {
  return log2(1 + snrRatio);
}
