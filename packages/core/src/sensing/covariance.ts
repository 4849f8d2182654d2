import { exp10 } from '../math/index.js';
import { RandomStream } from '../random/index.js';
import type { ComplexMatrix } from './hermitian.js';
import { isMeasured, matrixOf, type SensingInstance, type SimulatedInstance } from './instance.js';
import { steer } from './waves.js';

/** The covariance of the antennas' signals, in units of the noise: Σ p_i a_i a_iᴴ + I, p_i the SNR, or what was measured. */
export function covarianceOf(instance: SensingInstance): ComplexMatrix {
  if (isMeasured(instance)) return matrixOf(instance.covariance);
  return instance.snapshots === 'exact'
    ? exactCovariance(instance)
    : drawnCovariance(instance, instance.snapshots);
}

/** Steering vectors of the sources by the exact wave, times the roots of their powers: `[sources × antennas]`. */
function amplitudes({ positions, sources }: SimulatedInstance): { re: Float64Array; im: Float64Array } {
  const n = positions.length;
  const re = new Float64Array(sources.length * n);
  const im = new Float64Array(sources.length * n);
  sources.forEach(({ thetaDeg, rangeLambda, snrDb }, source) => {
    steer('exact', positions, thetaDeg, rangeLambda, re, im, source * n);
    const root = exp10(snrDb / 20);
    for (let k = source * n; k < (source + 1) * n; k++) {
      re[k] *= root;
      im[k] *= root;
    }
  });
  return { re, im };
}

function exactCovariance(instance: SimulatedInstance): ComplexMatrix {
  const n = instance.positions.length;
  const a = amplitudes(instance);
  const matrix = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let k = 0; k < n; k++) matrix.re[k * n + k] = 1;
  for (let source = 0; source < instance.sources.length; source++)
    addOuter(matrix, a.re, a.im, source * n, 1);
  return matrix;
}

/** From independent complex Gaussian signals and noise. */
function drawnCovariance(instance: SimulatedInstance, snapshots: number): ComplexMatrix {
  const n = instance.positions.length;
  const a = amplitudes(instance);
  const stream = new RandomStream(instance.seed, 'sensing/snapshots');
  const half = Math.SQRT1_2;
  const matrix = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  for (let snapshot = 0; snapshot < snapshots; snapshot++) {
    for (let k = 0; k < n; k++) {
      re[k] = half * stream.normal();
      im[k] = half * stream.normal();
    }
    for (let source = 0; source < instance.sources.length; source++) {
      const [sRe, sIm] = [half * stream.normal(), half * stream.normal()];
      for (let k = 0; k < n; k++) {
        const [aRe, aIm] = [a.re[source * n + k], a.im[source * n + k]];
        re[k] += sRe * aRe - sIm * aIm;
        im[k] += sRe * aIm + sIm * aRe;
      }
    }
    addOuter(matrix, re, im, 0, 1 / snapshots);
  }
  return matrix;
}

/** Adds weight · v vᴴ. */
function addOuter(
  { n, re, im }: ComplexMatrix,
  vRe: Float64Array,
  vIm: Float64Array,
  at: number,
  weight: number,
): void {
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const [a, b, c, d] = [vRe[at + row], vIm[at + row], vRe[at + column], vIm[at + column]];
      re[row * n + column] += weight * (a * c + b * d);
      im[row * n + column] += weight * (b * c - a * d);
    }
  }
}
