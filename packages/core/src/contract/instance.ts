import { z } from 'zod';
import { checkWith } from '../document/index.js';
import { throwIfAny, type Problem } from '../errors/index.js';
import { ContractModel, type ContractConstants, type ContractState } from './model.js';

/** A provider type. */
export interface ContractType {
  /** θ: how many times cheaper than a provider of efficiency 1 it works; > 0, increasing from type to type. */
  readonly efficiency: number;
  /** β: its share of the providers, ≥ 0; all sum to 1. */
  readonly share: number;
}

/** A contract problem: what a recipient of semantic data knows before it posts its menu. */
export interface ContractInstance {
  readonly link: {
    /** Signal-to-noise ratio per W of transmission power, Γ, dB. */
    readonly snrPerWattDb: number;
    /** W, MHz, > 0. */
    readonly bandwidthMhz: number;
    /** T, s, > 0. */
    readonly roundS: number;
  };
  readonly cost: {
    /** Cost per J of transmission energy, ≥ 0. */
    readonly perJoule: number;
    /** Cost per Mbit of semantic data, ≥ 0. */
    readonly perMbit: number;
  };
  readonly value: {
    /** Factor of the recipient's value, ≥ 0. */
    readonly scale: number;
    /** Share of the data that it cannot use, in [0, 1). */
    readonly unusableShare: number;
  };
  /** Utility below which a provider stays out (the paper's utility threshold), ≥ 0. */
  readonly threshold: number;
  /** Provider types, least efficient first. */
  readonly types: readonly ContractType[];
  /** Largest item, Mbit, > 0. */
  readonly maxMbit: number;
  /** Largest payment that the raw head of a policy can name, > 0; bounds nothing else. */
  readonly maxPayment: number;
}

/** Γ of ±200 dB is far beyond every link, and its powers of ten are still numbers. */
const MAX_SNR_DB = 200;
const SHARE_SUM_TOLERANCE = 1e-9;

export const positive = z.number().positive();
const nonnegative = z.number().nonnegative();
export const snrSchema = z.number().min(-MAX_SNR_DB).max(MAX_SNR_DB);
export const unusableSchema = nonnegative.lt(1);

/** Schema of {@link ContractInstance}; nothing has a default. */
export const contractInstanceSchema = z.strictObject({
  kind: z.literal('contract').optional(),
  link: z.strictObject({
    snrPerWattDb: snrSchema.describe('signal-to-noise ratio per W, dB'),
    bandwidthMhz: positive.describe('bandwidth, MHz'),
    roundS: positive.describe('length of a round, s'),
  }),
  cost: z.strictObject({
    perJoule: nonnegative.describe('cost of transmission energy, per J'),
    perMbit: nonnegative.describe('cost of semantic data, per Mbit'),
  }),
  value: z.strictObject({
    scale: nonnegative.describe("factor of the recipient's value"),
    unusableShare: unusableSchema.describe('share of the data that it cannot use'),
  }),
  threshold: nonnegative.describe('utility below which a provider stays out'),
  types: z
    .array(
      z.strictObject({
        efficiency: positive.describe('efficiency of the type, increasing'),
        share: nonnegative.describe('share of the type among the providers'),
      }),
    )
    .min(1)
    .describe('provider types, least efficient first'),
  maxMbit: positive.describe('largest item, Mbit'),
  maxPayment: positive.describe('largest payment of the raw head'),
});

/**
 * Validates an explicit instance.
 *
 * @param value parsed YAML or JSON
 * @param what how the instance is called in an error
 * @throws InvalidInputError with every problem, each with its field and type
 */
export function parseContractInstance(value: unknown, what = 'contract instance'): ContractInstance {
  const checked = checkWith(contractInstanceSchema, value);
  throwIfAny(what, [...checked.problems.map(withType), ...typeProblems(value)]);
  const { kind: _kind, ...instance } = checked.value as z.output<typeof contractInstanceSchema>;
  return instance;
}

/** Spells the type out in a problem of `types[…]`. */
function withType({ path, message }: Problem): Problem {
  const type = /^types\[(\d+)\]/.exec(path)?.[1];
  return { path, message: type === undefined ? message : `type ${type}: ${message}` };
}

/** What types must be to each other, checked wherever they are numbers at all. */
function typeProblems(value: unknown): Problem[] {
  const types = (value as { types?: unknown } | null)?.types;
  if (!Array.isArray(types) || types.length === 0) return [];
  const problems: Problem[] = [];
  const number = (type: number, field: keyof ContractType): number => {
    const item = (types[type] as Partial<ContractType> | null | undefined)?.[field];
    return typeof item === 'number' ? item : NaN;
  };
  for (let type = 1; type < types.length; type++) {
    const before = number(type - 1, 'efficiency');
    const own = number(type, 'efficiency');
    if (own > before || Number.isNaN(own - before)) continue;
    const message = `type ${type}: ${own}; expected more than the ${before} of type ${type - 1}`;
    problems.push({ path: `types[${type}].efficiency`, message });
  }
  const sum = types.reduce((total: number, _type, type) => total + number(type, 'share'), 0);
  if (Math.abs(sum - 1) > SHARE_SUM_TOLERANCE) {
    const all = types.length === 1 ? 'type 0' : `types 0 to ${types.length - 1}`;
    problems.push({ path: 'types', message: `share of ${all}: they sum to ${sum}; expected 1` });
  }
  return problems;
}

/** The constants of an instance. */
export function constantsOf({ link, cost, threshold, maxMbit }: ContractInstance): ContractConstants {
  const { bandwidthMhz, roundS } = link;
  return { bandwidthMhz, roundS, ...cost, threshold, maxMbit };
}

/** The state of an instance. */
export function stateOf({ link, value, types }: ContractInstance): ContractState {
  return {
    snrPerWattDb: link.snrPerWattDb,
    ...value,
    efficiency: types.map(({ efficiency }) => efficiency),
    share: types.map(({ share }) => share),
  };
}

/** An instance, ready for computation. */
export function modelOf(instance: ContractInstance): ContractModel {
  const model = new ContractModel(instance.types.length, constantsOf(instance));
  model.load(stateOf(instance));
  return model;
}
