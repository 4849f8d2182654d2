import type { ProviderInstance } from './instance.js';
import { runtimeS, utility } from './instance.js';

/** An instance over typed arrays: n providers, m tasks in the order of their arrival, and the distinct task sizes. */
export interface Market {
  readonly instance: ProviderInstance;
  readonly providers: number;
  readonly tasks: number;
  /** `Float64Array [n]`, diffusion steps in progress. */
  readonly capacity: Float64Array;
  /** `Float64Array [m]`, s, ascending. */
  readonly atS: Float64Array;
  /** `Float64Array [m]`, diffusion steps. */
  readonly steps: Float64Array;
  /** `Float64Array [m]`, s, > 0. */
  readonly runS: Float64Array;
  /** `Int32Array [m]`: which of `sizes` a task has. */
  readonly sizeOf: Int32Array;
  /** Distinct numbers of steps, ascending. */
  readonly sizes: Float64Array;
  /** `Float64Array [sizes × n]`, row-major: utility of a task of that size at a provider. */
  readonly value: Float64Array;
}

/** Lays an instance out for simulation, bounds and plans. */
export function createMarket(instance: ProviderInstance): Market {
  const { providers, tasks, runtime } = instance;
  const sizes = Float64Array.from(new Set(tasks.map(({ steps }) => steps))).sort();
  const index = new Map(Array.from(sizes, (size, k) => [size, k]));
  const value = new Float64Array(sizes.length * providers.length);
  sizes.forEach((size, k) => {
    providers.forEach((provider, j) => (value[k * providers.length + j] = utility(provider, size)));
  });
  return {
    instance,
    providers: providers.length,
    tasks: tasks.length,
    capacity: Float64Array.from(providers, ({ capacity }) => capacity),
    atS: Float64Array.from(tasks, ({ atS }) => atS),
    steps: Float64Array.from(tasks, ({ steps }) => steps),
    runS: Float64Array.from(tasks, ({ steps }) => runtimeS(runtime, steps)),
    sizeOf: Int32Array.from(tasks, ({ steps }) => index.get(steps)!),
    sizes,
    value,
  };
}

/** Utility of a task at a provider. */
export function valueOf(market: Market, task: number, provider: number): number {
  return market.value[market.sizeOf[task] * market.providers + provider];
}
