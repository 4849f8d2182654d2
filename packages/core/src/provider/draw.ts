import { z } from 'zod';
import { parseWith } from '../document/index.js';
import { RandomStream } from '../random/index.js';
import type { Provider, ProviderInstance } from './instance.js';
import { crashSchema, rewardSchema, runtimeSchema } from './instance.js';

/** Run times of the authors' public code, 60·(0.001 t² + 2.5 t − 14) s. */
export const CODE_RUNTIME: ProviderInstance['runtime'] = { quadratic: 0.001, linear: 2.5, constant: -14 };

/** Ranges of the capacity in hundreds of steps: the paper's text and the authors' public code. */
const CAPACITY_HUNDREDS = { paper: [6, 15], code: [4, 9] } as const;

/** Schema of a drawn instance: the paper's scenario (paper 002, second paper, V-B). */
export const drawnSchema = z.strictObject({
  kind: z.literal('provider').optional(),
  seed: z.int().nonnegative().describe('seed of the providers and of the tasks'),
  providers: z.int().positive().max(100_000).default(20).describe('number of providers'),
  tasks: z.int().positive().max(2_000_000).default(1000).describe('number of tasks'),
  hours: z.number().positive().default(288).describe('time over which tasks arrive at load 1, h'),
  capacities: z
    .enum(['paper', 'code'])
    .default('paper')
    .describe("paper: 600 to 1500 steps in hundreds; code: 400 to 900, as the authors' code has it"),
  load: z
    .number()
    .positive()
    .default(1)
    .describe('factor on the arrival rate: the tasks come in hours / load'),
  stream: z
    .int()
    .nonnegative()
    .default(0)
    .describe('which stream of tasks: other tasks for the same providers'),
  runtime: runtimeSchema.default(CODE_RUNTIME),
  crash: crashSchema.default({ mode: 'lose', cost: 2 }),
  reward: rewardSchema.default('acceptance'),
});

/** Options of {@link drawInstance}; all but `seed` have defaults. */
export type DrawnOptions = z.input<typeof drawnSchema>;
/** A drawn instance's options with every default. */
export type DrawnWorld = z.output<typeof drawnSchema>;

/** @throws InvalidInputError with every problem */
export function parseDrawn(options: unknown, what = 'provider instance'): DrawnWorld {
  return parseWith(drawnSchema, options, what);
}

/**
 * Draws the paper's scenario: providers with capacities, least and full steps and qualities uniform on their grids, tasks of
 * U{100, 110, …, 250} steps, arrivals Poisson conditioned on their count, which is the order statistics of uniform times.
 * Every provider draws from its own stream, so a world with more providers extends one with fewer.
 *
 * **Deviation**: the paper's "0.288 requests per hour over 288 h, 1,000 tasks" contradicts itself; 0.288 h is read as the
 * mean gap. Qualities, least and full steps and run times are those of the authors' public code, as the paper has none.
 *
 * @throws InvalidInputError with every problem
 */
export function drawInstance(options: unknown, what = 'provider instance'): ProviderInstance {
  const { runtime, crash, reward, ...world } = parseDrawn(options, what);
  return { providers: drawProviders(world), tasks: drawTasks(world), runtime, crash, reward };
}

/** The providers of a drawn world. */
export function drawProviders({
  seed,
  providers,
  capacities,
}: Pick<DrawnWorld, 'seed' | 'providers' | 'capacities'>): Provider[] {
  const [fewest, most] = CAPACITY_HUNDREDS[capacities];
  return Array.from({ length: providers }, (_, index) => {
    const stream = new RandomStream(seed, 'provider/providers', 0, index);
    return {
      capacity: 100 * (fewest + stream.integer(most - fewest + 1)),
      minSteps: 10 * stream.integer(10),
      minQuality: stream.integer(10) / 20,
      fullSteps: 150 + 10 * stream.integer(10),
      fullQuality: (10 + stream.integer(10)) / 20,
    };
  });
}

/** Tasks of one stream of a drawn world, in the order of their arrival. */
export function drawTasks({
  seed,
  tasks,
  hours,
  load,
  stream: number,
}: Pick<DrawnWorld, 'seed' | 'tasks' | 'hours' | 'load' | 'stream'>): ProviderInstance['tasks'] {
  const stream = new RandomStream(seed, 'provider/tasks', number);
  const times = Float64Array.from({ length: tasks }, () => stream.uniform()).sort();
  return Array.from(times, (time) => ({
    atS: (time * hours * 3600) / load,
    steps: 100 + 10 * stream.integer(16),
  }));
}
