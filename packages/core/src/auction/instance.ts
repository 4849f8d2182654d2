import { z } from 'zod';
import { checkWith, parsePath } from '../document/index.js';
import { throwIfAny, type Problem } from '../errors/index.js';

/** A digital-twin task of a vehicle. */
export interface TwinTask {
  /** Data to send, bit, ≥ 0. */
  readonly bits: number;
  /** Work, CPU cycles per bit, ≥ 0. */
  readonly cyclesPerBit: number;
  /** Latest end, s from the start of the cycle, ≥ 0. */
  readonly deadlineS: number;
  /** What its execution is truly worth to the vehicle, ≥ 0. */
  readonly value: number;
}

/** An autonomous vehicle (AV) that bids for the cycle. */
export interface AuctionVehicle {
  /** SNR of its link to the roadside unit, dB. */
  readonly snrDb: number;
  /** How much a simulation learns from its twin, ≥ 0. */
  readonly usefulness: number;
  readonly tasks: readonly TwinTask[];
  /** What it says its served set is worth, ≥ 0; without it, the truth. */
  readonly bid?: number | undefined;
}

/** What everybody knows before the auction. */
export interface AuctionPrior {
  /** Tail index a of the Pareto matches of mean 1, > 1. */
  readonly tail: number;
  /** Mean value of a task, ≥ 0. */
  readonly taskValueMean: number;
  /** Match μ0 of the driving simulator, ≥ 0; null: (E M_(1) + E M_(2))/2. */
  readonly drivingMatch: number | null;
  /** Mean E C of what is left of a winner's cycle, ≥ 0: what the driving simulator of `pvisa` goes by. */
  readonly remainingMean: number;
}

/** A roadside unit that sells a cycle of its own. */
export interface RoadsideUnit {
  /** Uplink bandwidth, Hz, > 0. */
  readonly bandwidthHz: number;
  /** Processing rate, Hz, > 0. */
  readonly computeHz: number;
}

/** One cycle of a roadside unit for sale, SI units. */
export interface AuctionInstance {
  /** Length T_c of the cycle, s, > 0. */
  readonly cycleS: number;
  /** Uplink bandwidth B, Hz, > 0. */
  readonly bandwidthHz: number;
  /** Processing rate f, Hz, > 0. */
  readonly computeHz: number;
  /** Worth of a whole cycle of simulation with a vehicle of usefulness 1, ≥ 0. */
  readonly simulationValue: number;
  readonly prior: AuctionPrior;
  /** At least one. */
  readonly vehicles: readonly AuctionVehicle[];
  /** True matches M_ij ≥ 0 of vehicle i (row) and traffic simulator j (column); at least one column. */
  readonly matches: readonly (readonly number[])[];
  /** What the traffic simulators say their matches are; without it, the truth. */
  readonly reportedMatches?: readonly (readonly number[])[] | undefined;
  /** Units for a sale of several cycles at once, in place of the one above. */
  readonly roadsideUnits?: readonly RoadsideUnit[] | undefined;
}

/** Largest number of tasks of a vehicle for which the served set is found exactly. */
export const MAX_EXACT_TASKS = 16;

const positive = z.number().positive();
const nonnegative = z.number().nonnegative();
const matchMatrix = z.array(z.array(nonnegative).min(1)).min(1);

const taskSchema = z.strictObject({
  bits: nonnegative.describe('data to send, bit'),
  cyclesPerBit: nonnegative.describe('work, cycles per bit'),
  deadlineS: nonnegative.describe('latest end, s'),
  value: nonnegative.describe('true value'),
});

const vehicleSchema = z.strictObject({
  snrDb: z.number().describe('SNR, dB'),
  usefulness: nonnegative.describe('usefulness of its twin to a simulation'),
  tasks: z.array(taskSchema),
  bid: nonnegative.optional().describe('said value of the served set; default the truth'),
});

/** Schema of {@link AuctionInstance}. */
export const instanceSchema = z.strictObject({
  cycleS: positive.describe('length of the cycle, s'),
  bandwidthHz: positive.describe('uplink bandwidth, Hz'),
  computeHz: positive.describe('processing rate, Hz'),
  simulationValue: nonnegative.describe('worth of a whole cycle of simulation'),
  prior: z.strictObject({
    tail: z.number().gt(1).describe('tail index of the matches'),
    taskValueMean: nonnegative.describe('mean value of a task'),
    drivingMatch: nonnegative
      .nullable()
      .default(null)
      .describe('match of the driving simulator; null: halfway between E M(1) and E M(2)'),
    remainingMean: nonnegative.describe('mean worth of the rest of a cycle'),
  }),
  vehicles: z.array(vehicleSchema).min(1),
  matches: matchMatrix.describe('true matches, a row per vehicle'),
  reportedMatches: matchMatrix.optional().describe('said matches, a row per vehicle; default the truth'),
  roadsideUnits: z
    .array(z.strictObject({ bandwidthHz: positive, computeHz: positive }))
    .min(1)
    .optional()
    .describe('roadside units for a sale of several cycles at once'),
});

/**
 * Validates an explicit instance.
 *
 * @param value parsed YAML or JSON, without `kind`
 * @param what how the instance is called in an error
 * @throws InvalidInputError with every problem, each with its field, vehicle and task
 */
export function parseAuctionInstance(value: unknown, what = 'auction instance'): AuctionInstance {
  const { value: checked, problems } = checkWith(instanceSchema, value);
  throwIfAny(what, placed(problems));
  const instance = checked as AuctionInstance;
  throwIfAny(
    what,
    (['matches', 'reportedMatches'] as const).flatMap((field) =>
      shapeProblems(field, instance[field], instance),
    ),
  );
  return instance;
}

function shapeProblems(
  field: string,
  matrix: readonly (readonly number[])[] | undefined,
  { vehicles, matches }: AuctionInstance,
): Problem[] {
  if (matrix === undefined) return [];
  const columns = matches[0].length;
  const ragged = matrix.flatMap((row, i) =>
    row.length === columns
      ? []
      : [
          {
            path: `${field}[${i}]`,
            message: `vehicle ${i}: ${row.length} simulators, expected ${columns} as in matches[0]`,
          },
        ],
  );
  const rows =
    matrix.length === vehicles.length
      ? []
      : [{ path: field, message: `${matrix.length} rows for ${vehicles.length} vehicles` }];
  return [...rows, ...ragged];
}

/** Problems of a value, the vehicle and the task spelt out where there is one. */
export function placed(problems: readonly Problem[]): Problem[] {
  return problems.map(({ path, message }) => ({ path, message: placeOf(parsePath(path)) + message }));
}

function placeOf([field, row, inner, column]: readonly (string | number)[]): string {
  if (typeof row !== 'number' || !['vehicles', 'matches', 'reportedMatches'].includes(String(field)))
    return '';
  if (field === 'vehicles' && inner === 'tasks' && typeof column === 'number') {
    return `vehicle ${row}, task ${column}: `;
  }
  return typeof inner === 'number' ? `vehicle ${row}, simulator ${inner}: ` : `vehicle ${row}: `;
}
