import { NINE, ScanGrid, sense } from '@metalore/core/sensing';

/** How a sensor measures. */
export interface SensorArray {
  readonly wavelengthM: number;
  /** Over the noise at one antenna, dB. */
  readonly snrDb: number;
  readonly snapshots: number;
  /** Standard deviation of the range, m, which another measurement gives. */
  readonly rangeStdM: number;
}

/** A measured position, and how far to trust it. */
export interface Measurement {
  readonly x: number;
  readonly y: number;
  /** rad */
  readonly bearing: number;
  readonly acrossM: number;
}

const GRID = new ScanGrid(NINE, 'far');

/**
 * Measures where a target stands: its direction by root-MUSIC from a drawn covariance of nine antennas half a wavelength
 * apart, whose broadside looks at the middle of the area, and its range, which is known.
 *
 * @param from place of the sensor @param middle of the area, m @param target m
 * @returns undefined where no direction was found
 */
export function measurePosition(
  array: SensorArray,
  from: readonly [number, number],
  middle: readonly [number, number],
  target: readonly [number, number],
  seed: number,
): Measurement | undefined {
  const [dx, dy] = [target[0] - from[0], target[1] - from[1]];
  const rangeM = Math.max(1, Math.hypot(dx, dy));
  const bearing = Math.atan2(dy, dx);
  const axis = Math.atan2(middle[1] - from[1], middle[0] - from[0]) - Math.PI / 2;
  const turn = Math.atan2(Math.sin(bearing - axis), Math.cos(bearing - axis));
  const thetaDeg = (Math.abs(turn) * 180) / Math.PI;
  const source = { thetaDeg, rangeLambda: rangeM / array.wavelengthM, snrDb: array.snrDb };
  const instance = { positions: [...NINE], sources: [source], snapshots: array.snapshots, seed };
  const { estimates, crbDeg } = sense(instance, { method: 'root-music', scan: 'far', grid: GRID });
  if (estimates.length === 0) return undefined;
  const side = turn < 0 ? -1 : 1;
  const found = axis + side * ((estimates[0].thetaDeg * Math.PI) / 180);
  // a bound that the ends of the array make infinite is no more than half a turn
  const stdDeg = Math.min(90, crbDeg?.[0] ?? 90);
  return {
    x: from[0] + rangeM * Math.cos(found),
    y: from[1] + rangeM * Math.sin(found),
    bearing: found,
    acrossM: Math.max(array.rangeStdM, (rangeM * stdDeg * Math.PI) / 180),
  };
}
