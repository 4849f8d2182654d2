import {
  capacityFree,
  createMarket,
  drawInstance,
  providerPolicies,
  SCORER_START,
  ScorerPolicy,
  simulate,
} from '@metalore/core/provider';
import type { DrawnOptions, Market, ProviderPolicy } from '@metalore/core/provider';
import { RandomStream } from '@metalore/core/random';
import { CrossEntropySearch } from '@metalore/learn/cem';
import { trainingSeed, VALIDATION_SEED } from '@metalore/learn/training';
import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';

const count = z.int().positive();
const scale = z.strictObject({
  seeds: z.array(z.int().nonnegative()).min(1).describe('training seeds'),
  training: z.strictObject({
    generations: count,
    population: count,
    elite: count,
    worlds: count.describe('worlds that every candidate of a generation plays, other ones in each'),
    providers: z.array(count).min(1).describe('numbers of providers that worlds are drawn with'),
    loads: z.tuple([z.number().positive(), z.number().positive()]).describe('loads are uniform between'),
  }),
  worlds: count.describe('unseen worlds of each kind'),
  providers: z.array(count).min(1),
  loads: z.array(z.number().positive()).min(1),
});
const schema = z.strictObject({ tasksPerProvider: count, full: scale, quick: scale });

/** `studies/provider-scorer.yaml`. */
export type ScorerData = z.output<typeof schema>;

export function readStudyData(): ScorerData {
  return readStudy('provider-scorer', schema);
}

/** A training, judged in unseen worlds; seed 0: what needs no training, in the same worlds. */
export interface ScorerCell extends Omit<z.output<typeof scale>, 'seeds'> {
  readonly seed: number;
  readonly tasksPerProvider: number;
}

export type ScorerRow =
  | { readonly kind: 'weights'; readonly seed: number; readonly weights: number[] }
  | {
      readonly kind: 'generation';
      readonly seed: number;
      readonly generation: number;
      readonly share: number;
    }
  | {
      readonly kind: 'world';
      readonly seed: number;
      readonly policy: string;
      readonly capacities: 'paper' | 'code';
      readonly providers: number;
      readonly load: number;
      readonly world: number;
      readonly reward: number;
      readonly crashes: number;
      /** Reward over Σ max_j u_j(t), which no plan exceeds. */
      readonly share: number;
    };

export function scorerCells(data: ScorerData, quick: boolean): ScorerCell[] {
  const { seeds, ...own } = quick ? data.quick : data.full;
  return [0, ...seeds].map((seed) => ({ seed, tasksPerProvider: data.tasksPerProvider, ...own }));
}

export function runScorerCell(cell: ScorerCell): ScorerRow[] {
  if (cell.seed === 0) {
    return judge(
      cell,
      ['crash-avoid', 'table', 'prophet'].map((name) => () => providerPolicies.get(name)()),
    );
  }
  const { weights, rows } = train(cell);
  return [
    { kind: 'weights', seed: cell.seed, weights },
    ...rows,
    ...judge(cell, [() => new ScorerPolicy(weights)]),
  ];
}

/** Cross-entropy over the weights, by the mean share of the bound over worlds that differ in size, load and capacities. */
function train({ seed, training, tasksPerProvider }: ScorerCell): { weights: number[]; rows: ScorerRow[] } {
  const { generations, worlds, providers, loads } = training;
  const search = new CrossEntropySearch(SCORER_START.mean, SCORER_START.deviation, seed, 'scorer/weights');
  const draws = new RandomStream(trainingSeed(seed), 'scorer/worlds');
  const rows: ScorerRow[] = [];
  for (let generation = 0; generation < generations; generation++) {
    const markets = Array.from({ length: worlds }, (_, k) => {
      const n = providers[draws.integer(providers.length)];
      return boundedMarket({
        seed: trainingSeed(seed) + generation * worlds + k,
        providers: n,
        tasks: tasksPerProvider * n,
        load: loads[0] + (loads[1] - loads[0]) * draws.uniform(),
        capacities: draws.integer(2) === 0 ? 'paper' : 'code',
      });
    });
    const score = (weights: Float64Array) =>
      markets.reduce(
        (sum, { market, bound }) => sum + simulate(market, new ScorerPolicy(weights)).reward / bound / worlds,
        0,
      );
    const { elite } = search.generation(training, score, () => 0.05 * (1 - generation / generations));
    rows.push({ kind: 'generation', seed, generation, share: elite });
  }
  return { weights: [...search.mean].map((weight) => Number(weight.toFixed(3))), rows };
}

function judge(cell: ScorerCell, policies: readonly (() => ProviderPolicy)[]): ScorerRow[] {
  const { seed, providers: sizes, loads, worlds, tasksPerProvider } = cell;
  const rows: ScorerRow[] = [];
  for (const capacities of ['paper', 'code'] as const) {
    for (const providers of sizes) {
      for (const load of loads) {
        for (let world = 0; world < worlds; world++) {
          const tasks = tasksPerProvider * providers;
          const own = { seed: VALIDATION_SEED + world, providers, tasks, load, capacities };
          const { market, bound } = boundedMarket(own);
          for (const create of policies) {
            const { policy, reward, crashes } = simulate(market, create(), { seed: world });
            const kind = { capacities, providers, load, world };
            rows.push({ kind: 'world', seed, policy, ...kind, reward, crashes, share: reward / bound });
          }
        }
      }
    }
  }
  return rows;
}

function boundedMarket(options: DrawnOptions): { market: Market; bound: number } {
  const market = createMarket(drawInstance(options));
  return { market, bound: capacityFree(market) };
}
