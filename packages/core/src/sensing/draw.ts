import { exp, log } from '../math/index.js';
import { RandomStream } from '../random/index.js';
import type { SimulatedInstance } from './instance.js';
import { DEFAULT_RANGES } from './power.js';

/** Nine antennas half a wavelength apart, −2 … 2. */
export const NINE: readonly number[] = Array.from({ length: 9 }, (_, k) => (k - 4) / 2);
/** Named choices among nine antennas, from 0: every other one (a wavelength apart), the middle five, all. */
export const antennaChoices: Readonly<Record<string, readonly number[]>> = {
  odd: [0, 2, 4, 6, 8],
  middle: [2, 3, 4, 5, 6],
  all: [0, 1, 2, 3, 4, 5, 6, 7, 8],
};

/** `well-posed`: θ 20-160°, r 2-6, 15° apart; `paper`: θ 0-180°, r .5-6, ranges from .5. Both: SNR 0-5 dB, 200 snapshots. */
export type SensingProfile = 'well-posed' | 'paper';

const APART_DEG = 15;

/**
 * Draws three sources before nine antennas.
 *
 * @param closeDeg the first two lie exactly so many degrees apart; default: all are 15° apart at least
 */
export function drawSensing(
  seed: number,
  profile: SensingProfile = 'well-posed',
  closeDeg?: number,
): SimulatedInstance {
  const stream = new RandomStream(seed, 'sensing/sources');
  const [low, high, near] = profile === 'paper' ? [0, 180, 0.5] : [20, 160, 2];
  const directions: number[] = [];
  while (directions.length < 3) {
    const theta = low + (high - low) * stream.uniform();
    if (closeDeg !== undefined && directions.length === 0) {
      if (theta + closeDeg <= high) directions.push(theta, theta + closeDeg);
    } else if (directions.every((other) => Math.abs(other - theta) >= APART_DEG)) directions.push(theta);
  }
  const snrDb = 5 * stream.uniform();
  return {
    positions: [...NINE],
    sources: directions.map((thetaDeg) => ({
      thetaDeg,
      rangeLambda: near + (6 - near) * stream.uniform(),
      snrDb,
    })),
    snapshots: 200,
    seed,
    ranges:
      profile === 'paper'
        ? Array.from({ length: 24 }, (_, k) => 0.5 * exp((k / 23) * log(12)))
        : [...DEFAULT_RANGES],
  };
}
