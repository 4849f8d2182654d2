import { exp, exp10, log } from '../math/index.js';
import { RandomStream } from '../random/index.js';
import type { ComplexMatrix } from './hermitian.js';
import { isMeasured, matrixOf, type SensingInstance, type SimulatedInstance } from './instance.js';
import { steer, type Scan } from './waves.js';
import { drawSampleCovariance } from './wishart.js';

/** What a real array does to its signals, and what the waves are; all of it is absent by default. */
export interface Impairments {
  /** Model of the waves themselves; default exact. */
  readonly waves?: Scan;
  /** Standard deviation of the antennas' true places around those that are known, wavelengths. */
  readonly positionErrorLambda?: number;
  /** Part of an antenna's signal that leaks into one half a wavelength away; it falls geometrically with the distance. */
  readonly coupling?: number;
  /** All sources send the same signal, each with a phase of its own, as echoes do. */
  readonly coherent?: boolean;
}

/**
 * The covariance of the antennas' signals, in units of the noise: Σ p_i a_i a_iᴴ + I, p_i the SNR, or what was measured.
 *
 * @param impairments of a simulated array; the noise is never coupled
 */
export function covarianceOf(instance: SensingInstance, impairments: Impairments = {}): ComplexMatrix {
  if (isMeasured(instance)) return matrixOf(instance.covariance);
  const signals = amplitudes(instance, impairments);
  const { positions, snapshots, seed } = instance;
  const exact = exactCovariance(positions.length, signals);
  if (snapshots === 'exact') return exact;
  const stream = new RandomStream(seed, 'sensing/snapshots');
  return snapshots < positions.length
    ? drawnCovariance(positions.length, snapshots, signals, stream)
    : drawSampleCovariance(exact, snapshots, stream);
}

/** What the antennas receive of independent signals of unit power: `[signals × antennas]`. */
interface Amplitudes {
  readonly count: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Steering vectors of the sources by their waves, times the roots of their powers. */
function amplitudes(
  { positions, sources, seed }: SimulatedInstance,
  { waves = 'exact', positionErrorLambda = 0, coupling = 0, coherent = false }: Impairments,
): Amplitudes {
  const n = positions.length;
  let places: readonly number[] = positions;
  if (positionErrorLambda > 0) {
    const errors = new RandomStream(seed, 'sensing/positions');
    places = positions.map((x) => x + positionErrorLambda * errors.normal());
  }
  const received = {
    count: sources.length,
    re: new Float64Array(sources.length * n),
    im: new Float64Array(sources.length * n),
  };
  const { re, im } = received;
  sources.forEach(({ thetaDeg, rangeLambda, snrDb }, source) => {
    steer(waves, places, thetaDeg, rangeLambda, re, im, source * n);
    const root = exp10(snrDb / 20);
    for (let k = source * n; k < (source + 1) * n; k++) {
      re[k] *= root;
      im[k] *= root;
    }
  });
  if (coupling > 0) couple(received, positions, coupling);
  return coherent ? asOneSignal(received, n, seed) : received;
}

/** Adds to every antenna c^(2d) of what one d wavelengths away receives. */
function couple({ count, re, im }: Amplitudes, positions: readonly number[], coupling: number): void {
  const n = positions.length;
  const leak = positions.map((x) =>
    positions.map((other) => (x === other ? 1 : exp(2 * Math.abs(x - other) * log(coupling)))),
  );
  for (let source = 0; source < count; source++) {
    for (const part of [re, im]) {
      const own = part.slice(source * n, (source + 1) * n);
      for (let k = 0; k < n; k++) {
        part[source * n + k] = own.reduce((sum, value, other) => sum + leak[k][other] * value, 0);
      }
    }
  }
}

/** The sum of all signals, each turned by a phase that is drawn. */
function asOneSignal({ count, re, im }: Amplitudes, n: number, seed: number): Amplitudes {
  const phases = new RandomStream(seed, 'sensing/phases');
  const one = { count: 1, re: new Float64Array(n), im: new Float64Array(n) };
  for (let source = 0; source < count; source++) {
    const phase = 2 * Math.PI * phases.uniform();
    const [cosine, sine] = [Math.cos(phase), Math.sin(phase)];
    for (let k = 0; k < n; k++) {
      const [a, b] = [re[source * n + k], im[source * n + k]];
      one.re[k] += a * cosine - b * sine;
      one.im[k] += a * sine + b * cosine;
    }
  }
  return one;
}

function exactCovariance(n: number, { count, re, im }: Amplitudes): ComplexMatrix {
  const matrix = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let k = 0; k < n; k++) matrix.re[k * n + k] = 1;
  for (let signal = 0; signal < count; signal++) addOuter(matrix, re, im, signal * n, 1);
  return matrix;
}

/** From independent complex Gaussian signals and noise, snapshot by snapshot: with fewer of them than antennas. */
function drawnCovariance(n: number, snapshots: number, a: Amplitudes, stream: RandomStream): ComplexMatrix {
  const half = Math.SQRT1_2;
  const matrix = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  for (let snapshot = 0; snapshot < snapshots; snapshot++) {
    for (let k = 0; k < n; k++) {
      re[k] = half * stream.normal();
      im[k] = half * stream.normal();
    }
    for (let source = 0; source < a.count; source++) {
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
