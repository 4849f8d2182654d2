import { z } from 'zod';
import { parseWith } from '../document/index.js';
import { InvalidInputError, type Problem } from '../errors/index.js';

const positive = z.number().positive();
const quality = z.number().nonnegative();

/** What a crash does to the tasks that run at the provider. */
export const crashModes = ['lose', 'restart'] as const;
/** When a task's value is paid. */
export const rewardModes = ['acceptance', 'completion'] as const;

/** Schema of the run time of a task of t diffusion steps: 60 · (quadratic·t² + linear·t + constant) s. */
export const runtimeSchema = z.strictObject({
  quadratic: z.number().describe('min per squared step'),
  linear: z.number().describe('min per step'),
  constant: z.number().describe('min'),
});

/** Schema of what a task that does not fit does. */
export const crashSchema = z.strictObject({
  mode: z.enum(crashModes).describe('lose: what runs there is lost; restart: it begins again'),
  cost: z.number().nonnegative().describe('cost of a crash, and of all progress lost in one task'),
});

export const rewardSchema = z
  .enum(rewardModes)
  .describe('a value is paid when a task is accepted, and kept, or when it finishes');

const providerSchema = z
  .strictObject({
    capacity: positive.describe('diffusion steps in progress at once'),
    minSteps: z.number().nonnegative().describe('steps below which a result is worth nothing'),
    minQuality: quality.describe('quality at minSteps'),
    fullSteps: positive.describe('steps from which more change nothing'),
    fullQuality: quality.describe('quality at fullSteps'),
  })
  .refine(({ minSteps, fullSteps }) => fullSteps > minSteps, {
    path: ['fullSteps'],
    message: 'expected more than minSteps',
  });

/** Schema of {@link ProviderInstance}. A field `kind: provider` is allowed. */
export const instanceSchema = z.strictObject({
  kind: z.literal('provider').optional(),
  providers: z.array(providerSchema).min(1),
  tasks: z
    .array(
      z.strictObject({
        atS: z.number().nonnegative().describe('arrival, s'),
        steps: positive.describe('diffusion steps asked for'),
      }),
    )
    .min(1),
  runtime: runtimeSchema,
  crash: crashSchema,
  reward: rewardSchema.default('acceptance'),
});

/**
 * Providers of generated content and the tasks that ask for it (paper 002, second paper, V-B): a provider bears `capacity`
 * diffusion steps in progress; a task of t steps is worth u_j(t) at provider j and runs for 60 · (quadratic·t² +
 * linear·t + constant) seconds. Tasks are in the order of `atS`.
 */
export type ProviderInstance = Readonly<Omit<z.output<typeof instanceSchema>, 'kind'>>;

/** One provider of an instance. */
export type Provider = ProviderInstance['providers'][number];

export type CrashMode = (typeof crashModes)[number];
export type RewardMode = (typeof rewardModes)[number];

/** Run time of a task of `steps` diffusion steps, s. */
export function runtimeS(
  { quadratic, linear, constant }: ProviderInstance['runtime'],
  steps: number,
): number {
  return 60 * ((quadratic * steps + linear) * steps + constant);
}

/**
 * Utility of a result of `steps` diffusion steps: 0 below minSteps, from there (fullQuality − minQuality) ·
 * min(1, (steps − minSteps) / (fullSteps − minSteps)).
 *
 * **Deviation**: the paper gives no utilities; these are those of the authors' public code.
 */
export function utility(provider: Provider, steps: number): number {
  const { minSteps, minQuality, fullSteps, fullQuality } = provider;
  if (steps < minSteps) return 0;
  return (fullQuality - minQuality) * Math.min(1, (steps - minSteps) / (fullSteps - minSteps));
}

/**
 * Validates an explicit instance and puts its tasks in the order of `atS`, equal times in the order in which they came.
 *
 * @param what how the instance is called in an error
 * @throws InvalidInputError with every problem, each with its provider or task
 */
export function parseInstance(value: unknown, what = 'provider instance'): ProviderInstance {
  const { kind: _kind, tasks, ...rest } = parseWith(instanceSchema, value, what);
  const problems: Problem[] = tasks.flatMap(({ steps }, index) => {
    const seconds = runtimeS(rest.runtime, steps);
    if (seconds > 0 && Number.isFinite(seconds)) return [];
    return [{ path: `tasks[${index}].steps`, message: `${steps} steps have a run time of ${seconds} s` }];
  });
  if (problems.length > 0) throw new InvalidInputError(what, problems);
  return { ...rest, tasks: [...tasks].sort((a, b) => a.atS - b.atS) };
}
