import { z } from 'zod';
import { parseWith } from '../document/index.js';
import { InvalidInputError, type Problem } from '../errors/index.js';

const nonNegative = z.number().nonnegative();

/** Schema of {@link ReputationParameters}; every field has the paper's or our value as its default. */
export const reputationParametersSchema = z
  .strictObject({
    kappa: nonNegative.default(0.4).describe('weight of a success'),
    tau: nonNegative.default(0.6).describe('weight of a failure'),
    recentWeight: nonNegative.default(0.6).describe('weight of a recent interaction'),
    oldWeight: nonNegative.default(0.4).describe('weight of an older interaction'),
    recentRounds: nonNegative.default(20).describe('largest age that is recent, rounds'),
    uncertaintyPrior: nonNegative.default(2).describe('u = prior/(prior + n)'),
    baseRate: z.number().min(0).max(1).default(0.5).describe('share of uncertainty that counts as belief'),
    frequency: nonNegative.default(0.65).describe('weight of a recommender by its number of interactions'),
    value: nonNegative
      .default(0.35)
      .describe('weight of a recommender by the mean value of its interactions'),
    temperature: z.number().positive().default(0.2).describe('temperature of the softmax choice'),
  })
  .refine(({ frequency, value }) => frequency + value > 0, {
    path: ['frequency'],
    message: 'frequency and value are both 0: recommenders would have no weight',
  });

/** Parameters of multi-weight subjective logic, without units but for `recentRounds`. */
export type ReputationParameters = z.infer<typeof reputationParametersSchema>;

/** The paper's weights, with the uncertainty and the temperature that it leaves open. */
export const REPUTATION_DEFAULTS: ReputationParameters = reputationParametersSchema.parse({});

/** What happened once between a producer and an edge service provider (ESP). */
export interface Interaction {
  /** 0-based. */
  readonly producer: number;
  /** 0-based. */
  readonly provider: number;
  /** When, rounds. */
  readonly at: number;
  /** Whether the provider did what it was paid for. */
  readonly ok: boolean;
  /** What it was worth, ≥ 0, any unit. */
  readonly value: number;
}

/** A parsed `kind: reputation` instance. */
export interface ReputationInstance {
  /** The present, rounds. Later interactions do not count. */
  readonly now: number;
  readonly producers: number;
  readonly providers: number;
  readonly parameters: ReputationParameters;
  readonly interactions: readonly Interaction[];
}

/** Each pair of a producer and a provider has an opinion that is kept and shown. */
const MAX_PAIRS = 500_000;

const headSchema = z.strictObject({
  kind: z.literal('reputation').default('reputation'),
  now: z.number().describe('the present, rounds'),
  producers: z.int().positive().describe('number of producers'),
  providers: z.int().positive().describe('number of edge service providers'),
  parameters: reputationParametersSchema.default(REPUTATION_DEFAULTS),
  interactions: z.array(z.unknown()),
});

const interactionSchema = z.strictObject({
  producer: z.int().nonnegative(),
  provider: z.int().nonnegative(),
  at: z.number().describe('rounds'),
  ok: z.boolean(),
  value: nonNegative,
});

/** JSON schema of a `kind: reputation` instance. */
export const reputationSchema = headSchema.extend({ interactions: z.array(interactionSchema) });

/** Problems listed per instance at most: a file of 10⁶ interactions with a wrong field name has 10⁶. */
const MAX_PROBLEMS = 50;

/**
 * Validates a `kind: reputation` instance. Interactions are checked by hand, as there may be millions.
 *
 * @throws InvalidInputError with the problems (the first 50 of the interactions), each with field and index
 */
export function parseReputationInstance(value: unknown, what = 'reputation instance'): ReputationInstance {
  const head = parseWith(headSchema, value, what);
  const pairs = head.producers * head.providers;
  if (pairs > MAX_PAIRS) {
    const message = `${head.producers} producers with ${head.providers} providers are ${pairs} pairs; accepted: up to ${MAX_PAIRS}`;
    throw new InvalidInputError(what, [{ path: 'producers', message }]);
  }
  const problems: Problem[] = [];
  head.interactions.forEach((interaction, index) => {
    if (problems.length < MAX_PROBLEMS && !isInteraction(interaction, head)) {
      problems.push(...problemsOf(interaction, index, head));
    }
  });
  if (problems.length > 0) throw new InvalidInputError(what, problems);
  const { now, producers, providers, parameters } = head;
  return { now, producers, providers, parameters, interactions: head.interactions as Interaction[] };
}

interface Counts {
  readonly producers: number;
  readonly providers: number;
}

function isInteraction(value: unknown, { producers, providers }: Counts): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { producer, provider, at, ok, value: worth } = value as Record<string, unknown>;
  return (
    isIndex(producer, producers) &&
    isIndex(provider, providers) &&
    Number.isFinite(at) &&
    typeof ok === 'boolean' &&
    Number.isFinite(worth) &&
    (worth as number) >= 0 &&
    Object.keys(value).length === 5
  );
}

function isIndex(value: unknown, count: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < count;
}

function problemsOf(interaction: unknown, index: number, { producers, providers }: Counts): Problem[] {
  const bounded = interactionSchema.extend({
    producer: z
      .int()
      .min(0)
      .max(producers - 1),
    provider: z
      .int()
      .min(0)
      .max(providers - 1),
  });
  try {
    parseWith(bounded, interaction, '');
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return error.problems.map(({ path, message }) => ({
      path: `interactions[${index}]${path === '' ? '' : `.${path}`}`,
      message,
    }));
  }
  return [];
}
