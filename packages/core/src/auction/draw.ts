import { z } from 'zod';
import { parseWith } from '../document/index.js';
import { exp, log } from '../math/index.js';
import { dbToRatio, spectralEfficiency } from '../radio/index.js';
import { RandomStream } from '../random/index.js';
import type { AuctionInstance } from './instance.js';

const positive = z.number().positive();
const nonnegative = z.number().nonnegative();

function range(bound: z.ZodType<number, number>, low: number, high: number) {
  return z
    .tuple([bound, bound])
    .refine(([from, to]: [number, number]) => from <= to, { message: 'expected the lower end first' })
    .default([low, high]);
}

/** Schema of a drawn instance: the base market, every field with its value as the default. */
export const drawnSchema = z.strictObject({
  seed: z.int().nonnegative().describe('seed of vehicles, tasks and matches'),
  vehicles: z.int().positive().default(30).describe('vehicles'),
  simulators: z.int().positive().default(30).describe('traffic simulators J'),
  tasksPerVehicle: z.int().nonnegative().default(5).describe('tasks of a vehicle K'),
  cycleS: positive.default(3).describe('length of the cycle, s'),
  bandwidthHz: positive.default(20e6).describe('uplink bandwidth, Hz'),
  computeHz: positive.default(16e9).describe('processing rate, Hz'),
  simulationValue: nonnegative.default(0.25).describe('worth of a whole cycle of simulation'),
  bits: range(nonnegative, 10e6, 50e6).describe('data of a task, bit'),
  cyclesPerBit: range(nonnegative, 60, 240).describe('work of a task, cycles per bit'),
  deadlineS: range(nonnegative, 0.6, 3).describe('deadline of a task, s'),
  value: range(nonnegative, 0, 1).describe('value of a task'),
  snrDb: range(z.number(), 5, 25).describe('SNR of a vehicle, dB'),
  usefulness: range(nonnegative, 0, 1).describe('usefulness of a vehicle'),
  tail: z.number().gt(1).default(2.5).describe('tail index of the matches'),
  drivingMatch: nonnegative.nullable().default(null).describe('match of the driving simulator'),
  remainingMean: nonnegative
    .nullable()
    .default(null)
    .describe('E C of the driving simulator; null: of a vehicle with one task served'),
});

/** Options of {@link drawAuctionInstance}; all but `seed` have defaults. */
export type DrawnAuctionOptions = z.input<typeof drawnSchema>;
type Drawn = z.output<typeof drawnSchema>;

/**
 * Draws the base market: all ranges uniform, matches Pareto(tail) of mean 1. Every vehicle draws from streams of its own and
 * its tasks and matches in order, so a market with more vehicles, tasks or simulators extends one with fewer.
 *
 * @throws InvalidInputError with every problem
 */
export function drawAuctionInstance(options: unknown, what = 'auction instance'): AuctionInstance {
  const drawn = parseWith(drawnSchema, options, what);
  return new MarketDrawer(drawn).draw(drawn.seed);
}

/** Draws many markets of one kind: what does not depend on the seed is computed once. */
export class MarketDrawer {
  readonly #drawn: Drawn;
  readonly #prior: AuctionInstance['prior'];

  /** @param options as {@link drawAuctionInstance} takes them; `seed` is not used */
  constructor(options: DrawnAuctionOptions) {
    this.#drawn = drawnSchema.parse(options);
    const { tail, drivingMatch, remainingMean, value } = this.#drawn;
    this.#prior = {
      tail,
      taskValueMean: (value[0] + value[1]) / 2,
      drivingMatch,
      remainingMean: remainingMean ?? remainingMeanOf(this.#drawn),
    };
  }

  draw(seed: number): AuctionInstance {
    const drawn = this.#drawn;
    const { cycleS, bandwidthHz, computeHz, simulationValue, tail } = drawn;
    const matches: number[][] = [];
    const vehicles = Array.from({ length: drawn.vehicles }, (_, i) => {
      const own = new RandomStream(seed, 'auction-vehicle', 0, i);
      const work = new RandomStream(seed, 'auction-task', 0, i);
      const match = new RandomStream(seed, 'auction-match', 0, i);
      matches.push(Array.from({ length: drawn.simulators }, () => paretoOfMeanOne(match, tail)));
      return {
        snrDb: between(own, drawn.snrDb),
        usefulness: between(own, drawn.usefulness),
        tasks: Array.from({ length: drawn.tasksPerVehicle }, () => ({
          bits: between(work, drawn.bits),
          cyclesPerBit: between(work, drawn.cyclesPerBit),
          deadlineS: between(work, drawn.deadlineS),
          value: between(work, drawn.value),
        })),
      };
    });
    return { cycleS, bandwidthHz, computeHz, simulationValue, prior: this.#prior, vehicles, matches };
  }
}

function between(stream: RandomStream, [low, high]: readonly [number, number]): number {
  return low + (high - low) * stream.uniform();
}

/** (1 − 1/a) · U^{−1/a}. */
function paretoOfMeanOne(stream: RandomStream, tail: number): number {
  return (1 - 1 / tail) * exp(-log(1 - stream.uniform()) / tail);
}

const GRID = 24;

/**
 * E C of a vehicle of which one feasible task is served: simulationValue · E usefulness · E[max(0, 1 − p/T_c) | p ≤ deadline]
 * over data, work, SNR and deadline, by midpoints of a grid. It is what the winner of `pvisa` leaves on average, but for the
 * little by which winners are rich in feasible tasks.
 */
function remainingMeanOf(drawn: Drawn): number {
  const { cycleS, bandwidthHz, computeHz, deadlineS, simulationValue, usefulness } = drawn;
  const points = ([low, high]: readonly [number, number]): number[] =>
    Array.from({ length: GRID }, (_, k) => low + ((high - low) * (k + 0.5)) / GRID);
  const work = points(drawn.cyclesPerBit);
  const sizes = points(drawn.bits);
  let feasible = 0;
  let left = 0;
  for (const snrDb of points(drawn.snrDb)) {
    const rateBps = bandwidthHz * spectralEfficiency(dbToRatio(snrDb));
    for (const cyclesPerBit of work) {
      for (const bits of sizes) {
        const durationS = bits === 0 ? 0 : bits / rateBps + (bits * cyclesPerBit) / computeHz;
        const chance = chanceAbove(durationS, deadlineS);
        feasible += chance;
        left += chance * Math.max(0, 1 - durationS / cycleS);
      }
    }
  }
  // Where no task can be served, the whole cycle is left.
  const share = drawn.tasksPerVehicle > 0 && feasible > 0 ? left / feasible : 1;
  return (simulationValue * (usefulness[0] + usefulness[1]) * share) / 2;
}

function chanceAbove(x: number, [low, high]: readonly [number, number]): number {
  if (x <= low) return 1;
  return x >= high ? 0 : (high - x) / (high - low);
}
