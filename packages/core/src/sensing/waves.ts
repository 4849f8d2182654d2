/** How a wave's phase over the array is modelled. */
export const scans = ['exact', 'fresnel', 'far'] as const;
export type Scan = (typeof scans)[number];

const RADIANS = Math.PI / 180;

/**
 * Path difference d at an antenna at x of a source at (θ, r), wavelengths; the signal there is exp(−j2πd), of unit power.
 *
 * - `exact`: √(r² + x² − 2rx cos θ) − r
 * - `fresnel`: −x cos θ + x² sin²θ/(2r)
 * - `far`: −x cos θ
 */
export function pathDifference(scan: Scan, x: number, thetaDeg: number, rangeLambda: number): number {
  const cosine = Math.cos(thetaDeg * RADIANS);
  if (scan === 'far') return -x * cosine;
  if (scan === 'fresnel') {
    const sine = Math.sin(thetaDeg * RADIANS);
    return -x * cosine + (x * x * sine * sine) / (2 * rangeLambda);
  }
  return Math.sqrt(rangeLambda * rangeLambda + x * x - 2 * rangeLambda * x * cosine) - rangeLambda;
}

/** Fills `[antennas]` real and imaginary parts of the steering vector, from `at` on. */
export function steer(
  scan: Scan,
  positions: ArrayLike<number>,
  thetaDeg: number,
  rangeLambda: number,
  re: Float64Array,
  im: Float64Array,
  at = 0,
): void {
  for (let k = 0; k < positions.length; k++) {
    const phase = -2 * Math.PI * pathDifference(scan, positions[k], thetaDeg, rangeLambda);
    re[at + k] = Math.cos(phase);
    im[at + k] = Math.sin(phase);
  }
}
