import { z } from 'zod';
import { parseWith } from '../document/index.js';
import { throwIfAny } from '../errors/index.js';
import { RandomStream } from '../random/index.js';
import { positive, snrSchema, unusableSchema, type ContractInstance } from './instance.js';
import type { ContractConstants } from './model.js';

const nonnegative = z.number().nonnegative();
const range = <Item extends z.ZodType<number>>(item: Item, low: number, high: number) =>
  z.tuple([item, item]).default([low, high] as never);

/** Schema of a drawn instance, and of the states that an environment draws. All values are ours: the paper has none. */
export const drawnContractSchema = z.strictObject({
  kind: z.literal('contract').optional(),
  seed: z.int().nonnegative().describe('seed of the state'),
  types: z.int().positive().max(100_000).default(4).describe('number of provider types L'),
  snrPerWattDb: range(snrSchema, 10, 25).describe('uniform range of the signal-to-noise ratio per W, dB'),
  unusableShare: range(unusableSchema, 0, 0.1).describe('uniform range of the unusable share'),
  scale: range(nonnegative, 3, 8).describe("uniform range of the factor of the recipient's value"),
  efficiency: range(positive, 0.5, 2).describe('uniform range of efficiencies, which are sorted'),
  concentration: z.int().positive().max(1000).default(2).describe('of the Dirichlet-distributed shares'),
  perJoule: nonnegative.default(4).describe('cost of transmission energy, per J'),
  perMbit: nonnegative.default(0.15).describe('cost of semantic data, per Mbit'),
  bandwidthMhz: positive.default(1).describe('bandwidth, MHz'),
  roundS: positive.default(1).describe('length of a round, s'),
  threshold: nonnegative.default(0.2).describe('utility below which a provider stays out'),
  maxMbit: positive.default(6).describe('largest item, Mbit'),
  maxPayment: positive.default(12).describe('largest payment of the raw head'),
});

/** Where states are drawn from: every field resolved. */
export type ContractDistribution = Omit<z.output<typeof drawnContractSchema>, 'kind' | 'seed'> &
  ContractConstants;
/** Options of {@link drawContractInstance}; all but `seed` have defaults. */
export type DrawnContract = z.input<typeof drawnContractSchema>;

const RANGES = ['snrPerWattDb', 'unusableShare', 'scale', 'efficiency'] as const;

/**
 * Validates what a state is drawn from.
 *
 * @throws InvalidInputError with every problem
 */
export function parseDrawnContract(
  options: unknown,
  what = 'contract instance',
): { readonly seed: number; readonly distribution: ContractDistribution } {
  const { kind: _kind, seed, ...distribution } = parseWith(drawnContractSchema, options, what);
  const problems = RANGES.flatMap((field) => {
    const [low, high] = distribution[field];
    const isOrdered = field === 'efficiency' && distribution.types > 1 ? low < high : low <= high;
    return isOrdered ? [] : [{ path: field, message: `[${low}, ${high}]; expected the lower end first` }];
  });
  throwIfAny(what, problems);
  return { seed, distribution };
}

/** Numbers that describe a state of L types: Γ in dB, unusable share, scale, L efficiencies, L shares. */
export function stateSize(types: number): number {
  return 3 + 2 * types;
}

/**
 * Draws state number `episode` of `seed`: link, unusable share and scale uniform, efficiencies uniform and sorted, shares
 * Dirichlet. Writes {@link stateSize} numbers.
 *
 * @param stream any; it is restarted
 */
export function drawState(
  distribution: ContractDistribution,
  seed: number,
  episode: number,
  stream: RandomStream,
  states: Float64Array,
  offset = 0,
): void {
  const { types, efficiency, concentration } = distribution;
  stream.restart(seed, 'contract-state', episode);
  states[offset] = uniform(stream, distribution.snrPerWattDb);
  states[offset + 1] = uniform(stream, distribution.unusableShare);
  states[offset + 2] = uniform(stream, distribution.scale);
  const first = offset + 3;
  const shares = first + types;
  do {
    for (let type = 0; type < types; type++) insert(states, first, type, uniform(stream, efficiency));
  } while (!isIncreasing(states, first, types));
  let sum = 0;
  for (let type = 0; type < types; type++) {
    states[shares + type] = stream.gammaInteger(concentration);
    sum += states[shares + type];
  }
  for (let type = 0; type < types; type++) states[shares + type] /= sum;
}

function uniform(stream: RandomStream, [low, high]: readonly [number, number]): number {
  return low + (high - low) * stream.uniform();
}

/** Puts a number into a sorted row of `count`. */
function insert(values: Float64Array, first: number, count: number, value: number): void {
  let at = first + count;
  while (at > first && values[at - 1] > value) {
    values[at] = values[at - 1];
    at--;
  }
  values[at] = value;
}

function isIncreasing(values: Float64Array, first: number, count: number): boolean {
  for (let k = 1; k < count; k++) if (!(values[first + k] > values[first + k - 1])) return false;
  return true;
}

/** A state and its constants as an instance. */
export function instanceOfState(
  distribution: ContractDistribution,
  states: Float64Array,
  offset = 0,
): ContractInstance {
  const { types, bandwidthMhz, roundS, perJoule, perMbit, threshold, maxMbit, maxPayment } = distribution;
  return {
    link: { snrPerWattDb: states[offset], bandwidthMhz, roundS },
    cost: { perJoule, perMbit },
    value: { scale: states[offset + 2], unusableShare: states[offset + 1] },
    threshold,
    types: Array.from({ length: types }, (_, type) => ({
      efficiency: states[offset + 3 + type],
      share: states[offset + 3 + types + type],
    })),
    maxMbit,
    maxPayment,
  };
}

/**
 * Draws an instance: state 0 of its seed.
 *
 * @throws InvalidInputError with every problem
 */
export function drawContractInstance(options: unknown, what = 'contract instance'): ContractInstance {
  const { seed, distribution } = parseDrawnContract(options, what);
  const state = new Float64Array(stateSize(distribution.types));
  drawState(distribution, seed, 0, new RandomStream(seed, 'contract-state'), state);
  return instanceOfState(distribution, state);
}
