import { z } from 'zod';
import { parseWith } from '../document/index.js';
import { InvalidInputError, type Problem } from '../errors/index.js';
import { eigenHermitian, type ComplexMatrix } from './hermitian.js';

const finite = z.number();
const positions = z
  .array(z.number().min(-1e6).max(1e6))
  .min(2)
  .describe('places of the antennas on their axis, wavelengths');
/** Places and ranges, wavelengths: beyond, double precision does not tell them apart. */
const FARTHEST = 1e9;
const ranges = z
  .array(z.number().positive().max(FARTHEST))
  .min(1)
  .describe('ranges that are scanned, wavelengths');

const sourceSchema = z.strictObject({
  thetaDeg: z.number().min(0).max(180).describe('direction from the axis of the array, degrees'),
  rangeLambda: z
    .number()
    .positive()
    .max(FARTHEST)
    .describe('distance from the middle of the axis, wavelengths'),
  snrDb: z
    .number()
    .min(-120)
    .max(120)
    .describe('power over that of the noise at one antenna, dB; double precision has no more'),
});

/** Schema of sources that a covariance is computed or drawn from. */
export const simulatedSchema = z.strictObject({
  kind: z.literal('sensing').optional(),
  positions,
  sources: z.array(sourceSchema).min(1),
  snapshots: z.union([z.int().positive(), z.literal('exact')]),
  seed: z.int().nonnegative().default(1),
  ranges: ranges.optional(),
});

/** Schema of a measured covariance. */
export const measuredSchema = z.strictObject({
  kind: z.literal('sensing').optional(),
  positions,
  covariance: z.strictObject({ re: z.array(z.array(finite)), im: z.array(z.array(finite)) }),
  sources: z.union([z.int().positive(), z.literal('mdl')]),
  snapshots: z.int().positive().default(200).describe('number it was measured from; used by mdl alone'),
  ranges: ranges.optional(),
});

/** A source of unit wavelength. */
export type Source = z.output<typeof sourceSchema>;
/** Sources whose covariance is computed (`exact`) or drawn. */
export type SimulatedInstance = Readonly<Omit<z.output<typeof simulatedSchema>, 'kind'>>;
/** A covariance, and how many sources are looked for in it. */
export type MeasuredInstance = Readonly<Omit<z.output<typeof measuredSchema>, 'kind'>>;
export type SensingInstance = SimulatedInstance | MeasuredInstance;

/** Relative error up to which a measured covariance is Hermitian and non-negative. */
const TOLERANCE = 1e-9;

/** Whether the covariance was measured. */
export function isMeasured(instance: SensingInstance): instance is MeasuredInstance {
  return 'covariance' in instance;
}

/**
 * Validates an instance.
 *
 * @throws InvalidInputError with every problem: as many sources as antennas, coincident antennas or sources, a covariance
 * that is not square, Hermitian and positive semidefinite
 */
export function parseSensingInstance(value: unknown, what = 'sensing instance'): SensingInstance {
  const measured = typeof value === 'object' && value !== null && 'covariance' in value;
  const { kind: _kind, ...instance } = measured
    ? parseWith(measuredSchema, value, what)
    : parseWith(simulatedSchema, value, what);
  const problems = [...positionProblems(instance.positions), ...sourceProblems(instance)];
  if ('covariance' in instance) problems.push(...covarianceProblems(instance));
  if (problems.length > 0) throw new InvalidInputError(what, problems);
  return instance;
}

function positionProblems(places: readonly number[]): Problem[] {
  return places.flatMap((x, index) => {
    const first = places.indexOf(x);
    return first === index
      ? []
      : [{ path: `positions[${index}]`, message: `${x} is where antenna ${first} is` }];
  });
}

function sourceProblems({
  positions: places,
  sources,
}: {
  positions: number[];
  sources: unknown;
}): Problem[] {
  const count = Array.isArray(sources) ? sources.length : typeof sources === 'number' ? sources : 1;
  if (count < places.length) return [];
  return [
    {
      path: 'sources',
      message: `${count} sources; ${places.length} antennas tell at most ${places.length - 1} apart`,
    },
  ];
}

function covarianceProblems({ positions: places, covariance }: MeasuredInstance): Problem[] {
  const n = places.length;
  for (const part of ['re', 'im'] as const) {
    const rows = covariance[part];
    const row = rows.findIndex((values) => values.length !== n);
    if (rows.length !== n || row >= 0) {
      const path = `covariance.${part}${rows.length === n ? `[${row}]` : ''}`;
      return [{ path, message: `expected ${n} × ${n} numbers, as many as there are antennas` }];
    }
  }
  const matrix = matrixOf(covariance);
  let scale = 0;
  for (let k = 0; k < n; k++) scale = Math.max(scale, Math.abs(matrix.re[k * n + k]));
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      const [at, across] = [row * n + column, column * n + row];
      const error = Math.max(
        Math.abs(matrix.re[at] - matrix.re[across]),
        Math.abs(matrix.im[at] + matrix.im[across]),
      );
      if (error > TOLERANCE * scale) {
        return [
          {
            path: `covariance[${row}][${column}]`,
            message: 'is not the conjugate of its mirror image: not Hermitian',
          },
        ];
      }
    }
  }
  const { values } = eigenHermitian(matrix);
  const least = values[values.length - 1];
  if (least >= -TOLERANCE * scale && values[0] > 0) return [];
  return [{ path: 'covariance', message: `is not positive: its least eigenvalue is ${least}` }];
}

/** A covariance of a file as typed arrays. */
export function matrixOf({ re, im }: MeasuredInstance['covariance']): ComplexMatrix {
  return { n: re.length, re: Float64Array.from(re.flat()), im: Float64Array.from(im.flat()) };
}
