import {
  capacityFree,
  createMarket,
  drawInstance,
  planned,
  providerPolicies,
  relax,
  roundedPlan,
  simulate,
  TablePolicy,
} from '@metalore/core/provider';
import type { ProviderOutcome, ProviderPolicy } from '@metalore/core/provider';
import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';

const capacities = z.enum(['paper', 'code']);

const schema = z.strictObject({
  worlds: z.int().positive(),
  quickWorlds: z.int().positive(),
  capacities: z.array(capacities).min(1),
  loads: z.array(z.number().positive()).min(1),
  tableStreams: z.int().positive(),
  independent: z.record(capacities, z.record(z.string(), z.number())),
});

/** `studies/provider.yaml`. */
export type ProviderStudyData = z.output<typeof schema>;

export function readStudyData(): ProviderStudyData {
  return readStudy('provider', schema);
}

/** One world at one load under every policy. */
export interface ProviderCell {
  readonly capacities: 'paper' | 'code';
  readonly load: number;
  readonly seed: number;
  readonly tableStreams: number;
}

/** What a policy made of a world. */
export interface ProviderRow extends Omit<ProviderOutcome, 'assignments'> {
  readonly capacities: string;
  readonly load: number;
  readonly seed: number;
  /** What no crash-free plan exceeds, and what no plan does. */
  readonly crashFree: number;
  readonly capacityFree: number;
}

export function providerCells(data: ProviderStudyData, quick: boolean): ProviderCell[] {
  const { worlds, quickWorlds, tableStreams } = data;
  return data.capacities.flatMap((set) =>
    data.loads.flatMap((load) =>
      Array.from({ length: quick ? quickWorlds : worlds }, (_, index) => ({
        capacities: set,
        load,
        seed: index + 1,
        tableStreams,
      })),
    ),
  );
}

/** Rows of a cell, one for every policy. */
export function runProviderCell({ tableStreams, ...world }: ProviderCell): ProviderRow[] {
  const market = createMarket(drawInstance(world));
  const relaxation = relax(market);
  const trained = new TablePolicy();
  for (let stream = 1; stream <= tableStreams; stream++) {
    simulate(createMarket(drawInstance({ ...world, stream })), trained);
  }
  const run = (policy: ProviderPolicy, name = policy.name): ProviderRow => {
    const { assignments: _assignments, ...outcome } = simulate(market, policy, { seed: world.seed });
    return {
      ...world,
      ...outcome,
      policy: name,
      crashFree: relaxation.upper,
      capacityFree: capacityFree(market),
    };
  };
  return [
    ...providerPolicies.names().map((name) => run(providerPolicies.get(name)())),
    run(trained, `table after ${tableStreams} streams`),
    run(planned('offline', roundedPlan(market, relaxation))),
  ];
}
