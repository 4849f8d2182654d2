import { withChanges } from '@metalore/core/document';
import { parseServingScenario } from '@metalore/core/serving';
import type { Cooperation, ModelVariant, ServingCosts, ServingScenario } from '@metalore/core/serving';
import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';
import type { Stay } from '../figures.js';
import { loadServingScenario } from '../load.js';
import type { SyntheticLogOptions } from '../synthetic-log.js';

const seeds = { seeds: z.int().min(1), quickSeeds: z.int().min(1) };
const variant = z.strictObject({
  name: z.string(),
  memory: z.number().positive(),
  work: z.number().positive(),
  accuracyLoss: z.number().min(0),
});
const printed = z.strictObject({
  total: z.number(),
  switch: z.number(),
  acc: z.number(),
  inf: z.number(),
  off: z.number(),
  cloud: z.number(),
  edge: z.number(),
  avgAcc: z.number(),
});

const schema = z.strictObject({
  scenario: z.string(),
  paper: z.record(z.string(), printed),
  table: z.strictObject(seeds),
  cold: z.strictObject({ ...seeds, slots: z.number().positive() }),
  sweeps: z.strictObject({
    ...seeds,
    parameters: z.array(z.strictObject({ name: z.string(), path: z.string(), values: z.array(z.number()) })),
  }),
  edges: z.strictObject({ ...seeds, servers: z.array(z.int().min(1)), relayCost: z.number().min(0) }),
  variants: z.strictObject({
    ...seeds,
    quantised: z.array(variant),
    partial: z.array(variant),
    accuracyPrices: z.array(z.number().min(0)),
  }),
  prefetch: z.strictObject({ ...seeds, every: z.array(z.number().positive()) }),
  operators: z.strictObject({ ...seeds, keepAliveSlots: z.array(z.number().positive()) }),
  log: z.strictObject({
    ...seeds,
    days: z.number().positive(),
    requests: z.int().min(1),
    models: z.int().min(1),
    cases: z.array(
      z.strictObject({ gpuGB: z.number().positive(), slotSeconds: z.number().positive().nullable() }),
    ),
    sizesGB: z.array(z.number().positive()),
    gflops: z.number().min(0),
    accuracy: z.number(),
  }),
  timeline: z.strictObject({
    seed: z.int().min(0),
    policies: z.array(z.string()),
    slots: z.number().positive(),
  }),
});

export type CachingStudyData = z.infer<typeof schema>;

/** What varies in the study, from `studies/caching.yaml`. @throws InvalidInputError */
export function readStudyData(): CachingStudyData {
  return readStudy('caching', schema);
}

/** A cell: complete in itself, its content is its key. `group` and `label` say where its rows belong. */
export type CachingCell = {
  readonly group: string;
  readonly label: string;
  readonly scenario: ServingScenario;
  readonly seed: number;
} & (
  | { readonly kind: 'policies'; readonly policies: readonly string[]; readonly hasBound: boolean }
  | { readonly kind: 'timeline'; readonly policy: string }
  | {
      readonly kind: 'edges';
      readonly servers: number;
      readonly cooperation: Cooperation;
      readonly relayCost: number;
    }
  | { readonly kind: 'variants'; readonly variants: readonly ModelVariant[]; readonly isIncremental: boolean }
  | {
      readonly kind: 'log';
      readonly policies: readonly string[];
      readonly log: SyntheticLogOptions;
      readonly slotSeconds: number | null;
      readonly sizesGB: readonly number[];
      readonly gflops: number;
      readonly accuracy: number;
    }
);

/** A row: what one policy cost on one seed, or stays of a timeline. */
export type CachingRow =
  | ({ readonly group: string; readonly label: string; readonly seed: number; readonly policy: string } & (
      ServingCosts | { readonly total: number }
    ))
  | { readonly group: 'timeline'; readonly stays: readonly Stay[] };

const TABLE_POLICIES = ['Random', 'Cloud', 'FIFO', 'LFU', 'LC'];
const MORE_POLICIES = ['LRU', 'LFU-sum', 'LFU-always', 'LC-sum', 'LC-always', 'GDSF', 'VALUE', 'VALUE-tuned'];
const GOOD_POLICIES = ['LFU', 'LFU-sum', 'LC', 'LC-sum', 'VALUE', 'VALUE-tuned'];

/** All cells of the study, or of its quick form. */
export function cachingCells(data: CachingStudyData, quick: boolean): CachingCell[] {
  const base = loadServingScenario(data.scenario);
  const cells: CachingCell[] = [];
  const range = (part: { seeds: number; quickSeeds: number }): number[] =>
    Array.from({ length: quick ? part.quickSeeds : part.seeds }, (_v, seed) => seed);
  const change = (changes: Record<string, unknown>): ServingScenario =>
    parseServingScenario(withChanges(base, changes));
  const policies = (
    group: string,
    label: string,
    scenario: ServingScenario,
    seed: number,
    names: string[],
  ): void => {
    const hasBound = group === 'cold' || group === 'memory';
    cells.push({ kind: 'policies', group, label, scenario, seed, policies: names, hasBound });
  };

  for (const seed of range(data.table))
    policies('table', '', base, seed, [...TABLE_POLICIES, ...MORE_POLICIES]);
  const cold = change({ 'workload.slots': data.cold.slots, 'workload.warmSlots': 0 });
  for (const seed of range(data.cold)) policies('cold', '', cold, seed, ['LRU', 'GDSF', ...GOOD_POLICIES]);
  for (const { name, path, values } of data.sweeps.parameters) {
    for (const value of values) {
      const scenario = change({ [path]: value });
      for (const seed of range(data.sweeps))
        policies('sweep', `${name}|${value}`, scenario, seed, GOOD_POLICIES);
    }
  }
  const { servers, relayCost } = data.edges;
  for (const count of servers) {
    for (const cooperation of ['alone', 'share', 'owner'] as const) {
      for (const seed of range(data.edges)) {
        const label = `${count}|${cooperation}`;
        cells.push({
          kind: 'edges',
          group: 'edges',
          label,
          scenario: base,
          seed,
          servers: count,
          cooperation,
          relayCost,
        });
      }
    }
  }
  cells.push(...variantCells(data, range(data.variants), change));
  const prefetching = data.prefetch.every.map((every) => `VALUE-prefetch ${every}`);
  for (const seed of range(data.prefetch)) policies('prefetch', '', base, seed, ['VALUE', ...prefetching]);
  const rules = [...data.operators.keepAliveSlots.map((idle) => `keep-alive ${idle}`), 'LRU', 'explicit'];
  for (const seed of range(data.operators)) {
    policies('operators', '', base, seed, ['Cloud', ...rules, 'LFU', 'LC-sum', 'VALUE', 'VALUE-tuned']);
  }
  const { days, requests, models, cases, sizesGB, gflops, accuracy } = data.log;
  for (const { gpuGB, slotSeconds } of cases) {
    for (const seed of range(data.log)) {
      const common = { group: 'log', label: logLabel(gpuGB, slotSeconds), seed } as const;
      cells.push({
        ...common,
        kind: 'log',
        scenario: change({ 'server.gpuGB': gpuGB }),
        slotSeconds,
        policies: ['LRU', ...GOOD_POLICIES],
        log: { days, requests, models },
        sizesGB,
        gflops,
        accuracy,
      });
    }
  }
  for (const policy of data.timeline.policies) {
    const scenario = change({ 'workload.slots': data.timeline.slots });
    cells.push({
      kind: 'timeline',
      group: 'timeline',
      label: '',
      scenario,
      seed: data.timeline.seed,
      policy,
    });
  }
  return cells;
}

/** How tables call a case of the made-up log. */
export function logLabel(gpuGB: number, slotSeconds: number | null): string {
  return `${gpuGB} GB, ${slotSeconds === null ? 'slots of 88 requests' : `slots of ${slotSeconds} s`}`;
}

function variantCells(
  { variants: { quantised, partial, accuracyPrices } }: CachingStudyData,
  seedRange: readonly number[],
  change: (changes: Record<string, unknown>) => ServingScenario,
): CachingCell[] {
  const sets = [
    ...quantised.map((only) => ({ name: only.name, variants: [only], isIncremental: false })),
    { name: 'choice of precision', variants: quantised, isIncremental: false },
    ...partial.slice(0, -1).map((only) => ({ name: only.name, variants: [only], isIncremental: true })),
    { name: 'choice of part', variants: partial, isIncremental: true },
  ];
  return accuracyPrices.flatMap((price) =>
    sets.flatMap(({ name, variants, isIncremental }) =>
      seedRange.map((seed): CachingCell => {
        const scenario = change({ 'costs.accuracy': price });
        const label = `${name}|${price}`;
        return { kind: 'variants', group: 'variants', label, scenario, seed, variants, isIncremental };
      }),
    ),
  );
}
