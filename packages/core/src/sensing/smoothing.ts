import { InvalidInputError } from '../errors/index.js';
import type { ComplexMatrix } from './hermitian.js';
import { spacingOf } from './uniform.js';
import type { Scan } from './waves.js';

/**
 * Spatial smoothing, forward and backward (Pillai and Kwon 1989): the mean covariance of all subarrays of `length`
 * neighbours, each also read from its other end, so that sources that send the same signal count as several. It takes plane
 * waves at an array of equal distances: only there all subarrays see the same but for a phase.
 *
 * @throws InvalidInputError curved waves, unequal distances, or a length that the array does not have
 */
export function smoothed(
  covariance: ComplexMatrix,
  positions: readonly number[],
  length: number,
  scan: Scan,
): { positions: readonly number[]; covariance: ComplexMatrix } {
  const refuse = (path: string, message: string): never => {
    throw new InvalidInputError('options', [{ path, message }]);
  };
  if (scan !== 'far') refuse('--smoothing', 'is for plane waves alone; it goes with --scan far');
  spacingOf(positions, 'smoothing');
  if (!Number.isInteger(length) || length < 2 || length > positions.length) {
    refuse('--smoothing', `${length} is not accepted; accepted: 2 to ${positions.length} antennas`);
  }
  const { n } = covariance;
  const subarrays = n - length + 1;
  const mean = { n: length, re: new Float64Array(length ** 2), im: new Float64Array(length ** 2) };
  const weight = 1 / (2 * subarrays);
  for (let first = 0; first < subarrays; first++) {
    for (let row = 0; row < length; row++) {
      for (let column = 0; column < length; column++) {
        const forward = (first + row) * n + first + column;
        const backward = (first + length - 1 - row) * n + first + length - 1 - column;
        const at = row * length + column;
        mean.re[at] += weight * (covariance.re[forward] + covariance.re[backward]);
        mean.im[at] += weight * (covariance.im[forward] - covariance.im[backward]);
      }
    }
  }
  return { positions: positions.slice(0, length), covariance: mean };
}
