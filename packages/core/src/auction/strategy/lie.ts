import type { AuctionInstance, AuctionVehicle } from '../instance.js';

/**
 * What is lied about. `bid`: a vehicle's bid. `shill`: a second identity with the same tasks and any bid. `hide`: tasks that
 * are not said. `values`: task values. `split`: a second identity with some of the tasks. `report`: a simulator's matches.
 * `pair`: two vehicles together, their utilities added.
 */
export const lieKinds = ['bid', 'shill', 'hide', 'values', 'split', 'report', 'pair'] as const;
export type LieKind = (typeof lieKinds)[number];

/** Lies in bids; `hide`, `values` and `split` are lies in tasks. */
export const bidLies: readonly LieKind[] = ['bid', 'shill', 'report'];
export const taskLies: readonly LieKind[] = ['hide', 'values', 'split'];

/** One false statement, and to whom in the true market what is said belongs. */
export interface Lie {
  readonly kind: LieKind;
  /** Vehicles that lie, together. */
  readonly vehicles: readonly number[];
  /** The simulator that lies. */
  readonly simulator?: number;
  /** What is said in place of the truth, in words. */
  readonly text: string;
  readonly said: AuctionInstance;
  /** True vehicle behind every said one. */
  readonly owners: readonly number[];
  /** True number of every said task of every said vehicle. */
  readonly taskNumbers: readonly (readonly number[])[];
}

/** The instance in which everybody says the truth. */
export function honest(instance: AuctionInstance): AuctionInstance {
  const { reportedMatches: _said, ...rest } = instance;
  return {
    ...rest,
    vehicles: instance.vehicles.map(({ snrDb, usefulness, tasks }) => ({ snrDb, usefulness, tasks })),
  };
}

interface Statement {
  readonly kind: LieKind;
  readonly vehicles: readonly number[];
  readonly text: string;
}

/** One vehicle says something else about itself. */
export function replaceVehicle(
  truth: AuctionInstance,
  statement: Statement,
  changes: ReadonlyMap<number, { vehicle: AuctionVehicle; tasks?: readonly number[] }>,
): Lie {
  return {
    ...statement,
    said: {
      ...truth,
      vehicles: truth.vehicles.map((vehicle, i) => changes.get(i)?.vehicle ?? vehicle),
    },
    owners: truth.vehicles.map((_, i) => i),
    taskNumbers: truth.vehicles.map((vehicle, i) => changes.get(i)?.tasks ?? vehicle.tasks.map((_, n) => n)),
  };
}

/** Vehicle i appears a second time, at the end, with the same link, usefulness and matches. */
export function addIdentity(
  truth: AuctionInstance,
  statement: Statement,
  i: number,
  vehicle: AuctionVehicle,
  tasks: readonly number[],
): Lie {
  return {
    ...statement,
    said: {
      ...truth,
      vehicles: [...truth.vehicles, vehicle],
      matches: [...truth.matches, truth.matches[i]],
    },
    owners: [...truth.vehicles.map((_, k) => k), i],
    taskNumbers: [...truth.vehicles.map((own) => own.tasks.map((_, n) => n)), tasks],
  };
}

/** Simulator j multiplies what it says of one vehicle's match, or of all (`row` undefined). */
export function reportMatches(
  truth: AuctionInstance,
  j: number,
  row: number | undefined,
  factor: number,
): Lie {
  return {
    kind: 'report',
    vehicles: [],
    simulator: j,
    text: `simulator ${j} says ${factor} times its match with ${row === undefined ? 'every vehicle' : `vehicle ${row}`}`,
    said: {
      ...truth,
      reportedMatches: truth.matches.map((matches, i) =>
        row === undefined || row === i
          ? matches.map((match, k) => (k === j ? match * factor : match))
          : matches,
      ),
    },
    owners: truth.vehicles.map((_, i) => i),
    taskNumbers: truth.vehicles.map((vehicle) => vehicle.tasks.map((_, n) => n)),
  };
}
