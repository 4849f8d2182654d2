import { withChanges } from '@metalore/core/document';
import { z } from 'zod';
import { dataFile } from '../io/data-folder.js';
import { readDocument } from '../io/documents.js';
import { readStudy } from '../study/read-study.js';

const numbers = z.array(z.number()).min(1);
const draws = {
  values: numbers,
  draws: z.int().min(1),
  quickDraws: z.int().min(1),
  optimal: z.int().min(1),
  bounds: z.int().min(0),
};
const schema = z.strictObject({
  scenario: z.string(),
  maps: z.strictObject({ twins: z.int(), seed: z.int() }),
  twins: z.strictObject(draws),
  spread: z.strictObject({ ...draws, twins: z.int() }),
  literal: z.strictObject({ twins: z.array(z.int()), seed: z.int() }),
  paper: z.strictObject({
    fig3: z.strictObject({ twins: numbers, snr: numbers, guarded: numbers }),
    reduction: z.number(),
  }),
  independent: z.strictObject({
    fig3: z.strictObject({ twins: numbers, snr: numbers, guarded: numbers }),
    reduction: z.strictObject({ mean: z.number(), narrowest: z.number(), widest: z.number() }),
  }),
});

/** What varies in the study, from `studies/partition.yaml`. */
export type PartitionStudyData = z.infer<typeof schema>;

/** @throws InvalidInputError */
export function readStudyData(): PartitionStudyData {
  return readStudy('partition', schema);
}

/** The methods and variants that the study compares. */
export const variants = ['snr', 'guarded', 'connected', 'optimal', 'free'] as const;
export type Variant = (typeof variants)[number];

/** A cell: an instance document in full and what is done with it. */
export interface PartitionCell {
  readonly group: 'maps' | 'twins' | 'spread' | 'literal';
  /** Number of twins, or σ in m. */
  readonly x: number;
  readonly seed: number;
  readonly document: unknown;
  readonly methods: readonly Variant[];
  readonly hasBound: boolean;
}

/** A row: one method on one instance. */
export interface PartitionRow {
  readonly group: PartitionCell['group'];
  readonly x: number;
  readonly seed: number;
  readonly variant: Variant | 'paper';
  /** ms; null where a server is overloaded. */
  readonly objectiveMs: number | null;
  readonly lowerBoundMs: number | null;
  readonly twinsOf: readonly number[];
  readonly areaKm2: readonly number[];
  readonly converged: boolean;
  /** maps: server of every cell and every twin. */
  readonly labels?: readonly number[];
  readonly twins?: readonly number[];
  /** literal: J and masses after every iteration, and how it ended. */
  readonly objectivesMs?: readonly (number | null)[];
  readonly masses?: readonly (readonly number[])[];
  readonly ending?: string;
}

const ALWAYS = { optimal: Infinity, bounds: Infinity };

/** All cells of the study, or of its quick form. */
export function partitionCells(data: PartitionStudyData, quick: boolean): PartitionCell[] {
  const base = readDocument(dataFile('scenarios', `${data.scenario}.yaml`));
  const cell = (
    group: PartitionCell['group'],
    x: number,
    seed: number,
    changes: Record<string, unknown>,
    { optimal, bounds }: { optimal: number; bounds: number },
  ): PartitionCell => ({
    group,
    x,
    seed,
    document: withChanges(base, { 'twins.seed': seed, ...changes }),
    methods: seed <= optimal ? variants : ['snr', 'guarded'],
    hasBound: seed <= bounds,
  });
  const seedsOf = (part: { draws: number; quickDraws: number }) =>
    Array.from({ length: quick ? part.quickDraws : part.draws }, (_, index) => index + 1);
  const { maps, twins, spread, literal } = data;
  return [
    cell('maps', maps.twins, maps.seed, { 'twins.count': maps.twins }, ALWAYS),
    ...twins.values.flatMap((x) =>
      seedsOf(twins).map((seed) => cell('twins', x, seed, { 'twins.count': x }, twins)),
    ),
    ...spread.values.flatMap((x) =>
      seedsOf(spread).map((seed) => {
        const changes = { 'twins.count': spread.twins, 'density.stdM': x };
        return cell('spread', x, seed, changes, spread);
      }),
    ),
    ...literal.twins.map((x) => cell('literal', x, literal.seed, { 'twins.count': x }, ALWAYS)),
  ];
}
