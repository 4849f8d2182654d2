import { log } from '../math/index.js';
import { InvalidInputError } from '../errors/index.js';
import { cramerRaoDeg } from './crb.js';
import { covarianceOf, type Impairments } from './covariance.js';
import { eigenHermitian, type ComplexMatrix } from './hermitian.js';
import { isMeasured, type SensingInstance } from './instance.js';
import { maximumLikelihood } from './likelihood.js';
import { assignErrors, findPeaks, type Estimate } from './peaks.js';
import { smoothed } from './smoothing.js';
import { Power, ScanGrid, scanMethods, type ScanMethod } from './power.js';
import { scanSpectrum } from './spectrum.js';
import { esprit, rootMusic, spacingOf } from './uniform.js';
import type { Scan } from './waves.js';

/** Methods of {@link sense}. */
export const sensingMethods = [...scanMethods, 'root-music', 'esprit', 'ml'] as const;
export type SensingMethod = (typeof sensingMethods)[number];

/** Where signals come from. */
export interface SensingSolution {
  readonly method: string;
  readonly scan: Scan;
  /** `[180]` in [0, 1], of MUSIC where the method has none of its own. */
  readonly spectrum: readonly number[];
  readonly estimates: readonly Estimate[];
  /** Directions of the sources, degrees; only where they are known. */
  readonly truth?: readonly number[];
  /** |θ̂ − θ| of every source under the best assignment, null for one that was not found. */
  readonly errorsDeg?: readonly (number | null)[];
  /** Cramér-Rao bound of every direction; null for the exact covariance, or where it does not exist. */
  readonly crbDeg?: readonly number[] | null;
}

/** How {@link sense} goes about it. */
export interface SensingOptions {
  /** Default music. */
  readonly method?: SensingMethod;
  /** Model of the wave in the scan; default exact. */
  readonly scan?: Scan;
  /** Numbers of the antennas to use, from 0; default all. */
  readonly antennas?: readonly number[];
  /** The scan's steering vectors where many instances of one array share them; default made for this one. */
  readonly grid?: ScanGrid;
  /** Antennas of the subarrays whose covariances are averaged, for coherent sources; default no smoothing. */
  readonly smoothing?: number;
  /** Of a simulated instance. */
  readonly impairments?: Impairments;
}

/**
 * Estimates directions (and ranges) from a covariance.
 *
 * @throws InvalidInputError where a method does not fit the array or the scan, or antennas are too few for the sources
 */
export function sense(instance: SensingInstance, options: SensingOptions = {}): SensingSolution {
  const { method = 'music', scan = 'exact', antennas = instance.positions.map((_, k) => k) } = options;
  const { positions, covariance } = signalsOf(instance, antennas, scan, options);
  const count = sourceCount(instance, covariance);
  checkCount(positions.length, count);
  const { grid = new ScanGrid(positions, scan, instance.ranges) } = options;
  const power = new Power(isScanMethod(method) ? method : 'music', positions, covariance, count);
  const spectrum = scanSpectrum(power, grid);
  const peakAt = (thetaDeg: number): number => spectrum.scaled[Math.min(179, Math.floor(thetaDeg))];
  const estimates =
    method === 'ml'
      ? maximumLikelihood(covariance, grid, count).map(({ thetaDeg, rangeLambda }) => ({
          thetaDeg,
          ...(scan === 'far' ? {} : { rangeLambda }),
          peak: peakAt(thetaDeg),
        }))
      : isScanMethod(method)
        ? findPeaks(spectrum, power, grid, count)
        : uniformMethod(method, scan, positions, covariance, count).map((thetaDeg) => ({
            thetaDeg,
            peak: peakAt(thetaDeg),
          }));
  return { method, scan, spectrum: [...spectrum.scaled], estimates, ...judge(instance, antennas, estimates) };
}

/** Places and covariance of the antennas that are used, smoothed where that is asked for. */
function signalsOf(
  instance: SensingInstance,
  antennas: readonly number[],
  scan: Scan,
  { smoothing, impairments }: SensingOptions,
): { positions: readonly number[]; covariance: ComplexMatrix } {
  const positions = antennas.map((k) => instance.positions[k]);
  const covariance = partOf(covarianceOf(instance, impairments), antennas);
  return smoothing === undefined
    ? { positions, covariance }
    : smoothed(covariance, positions, smoothing, scan);
}

/** @throws InvalidInputError as many sources as antennas, or more */
export function checkCount(antennas: number, sources: number): void {
  if (sources < antennas) return;
  throw new InvalidInputError('options', [
    {
      path: '--antennas',
      message: `${antennas} antennas tell at most ${antennas - 1} sources apart; there are ${sources}`,
    },
  ]);
}

/** The estimates beside the truth, where it is known. */
export function judge(
  instance: SensingInstance,
  antennas: readonly number[],
  estimates: readonly Estimate[],
): Pick<SensingSolution, 'truth' | 'errorsDeg' | 'crbDeg'> {
  if (isMeasured(instance)) return {};
  const truth = instance.sources.map(({ thetaDeg }) => thetaDeg);
  const positions = antennas.map((k) => instance.positions[k]);
  return {
    truth,
    errorsDeg: assignErrors(
      truth,
      estimates.map(({ thetaDeg }) => thetaDeg),
    ),
    crbDeg:
      instance.snapshots === 'exact' ? null : cramerRaoDeg({ ...instance, positions }, instance.snapshots),
  };
}

function isScanMethod(method: SensingMethod): method is ScanMethod {
  return (scanMethods as readonly string[]).includes(method);
}

function uniformMethod(
  method: 'root-music' | 'esprit',
  scan: Scan,
  positions: readonly number[],
  covariance: ComplexMatrix,
  count: number,
): number[] {
  if (scan !== 'far') {
    throw new InvalidInputError('options', [
      { path: '--scan', message: `${method} knows plane waves alone; it goes with --scan far` },
    ]);
  }
  const spacing = spacingOf(positions, method);
  return method === 'esprit' ? esprit(covariance, spacing, count) : rootMusic(covariance, spacing, count);
}

/** The covariance of some of the antennas. */
export function partOf(matrix: ComplexMatrix, antennas: readonly number[]): ComplexMatrix {
  const n = antennas.length;
  const part = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
  antennas.forEach((from, row) =>
    antennas.forEach((across, column) => {
      part.re[row * n + column] = matrix.re[from * matrix.n + across];
      part.im[row * n + column] = matrix.im[from * matrix.n + across];
    }),
  );
  return part;
}

/** Number of sources that are looked for. */
export function sourceCount(instance: SensingInstance, covariance: ComplexMatrix): number {
  if (!isMeasured(instance)) return instance.sources.length;
  return instance.sources === 'mdl' ? countByMdl(covariance, instance.snapshots) : instance.sources;
}

/**
 * Number of sources by minimum description length (Wax and Kailath 1985): the k of least
 * −T(n − k)·ln(geometric/arithmetic mean of the n − k least eigenvalues) + ½·k(2n − k)·ln T; at least 1.
 */
export function countByMdl(covariance: ComplexMatrix, snapshots: number): number {
  const { values } = eigenHermitian(covariance);
  const n = values.length;
  let best = 1;
  let least = Infinity;
  for (let k = 0; k < n; k++) {
    let sum = 0;
    let logs = 0;
    for (let at = k; at < n; at++) {
      const value = Math.max(values[at], 1e-15 * values[0]);
      sum += value;
      logs += log(value);
    }
    const rest = n - k;
    const length = -snapshots * (logs - rest * log(sum / rest)) + 0.5 * k * (2 * n - k) * log(snapshots);
    if (length < least) {
      least = length;
      best = k;
    }
  }
  return Math.max(1, best);
}
