import {
  createMarket,
  drawProviders,
  drawTasks,
  parseDrawn,
  providerPolicies,
  relax,
  simulate,
  TablePolicy,
  type DrawnWorld,
  type Market,
  type ProviderOutcome,
} from '@metalore/core/provider';
import { z } from 'zod';
import { readStudy } from '../../study/read-study.js';
import {
  learnerSchema,
  trainLearner,
  UNSEEN_SEED,
  type LearningRow,
  type LearningRun,
} from '../comparison/run.js';

const count = z.int().positive();
const scale = z.strictObject({
  streams: count.describe('unseen streams'),
  validation: z.strictObject({ everySteps: count, episodes: count }),
  worlds: z.array(
    z.strictObject({
      seed: z.int().nonnegative(),
      capacities: z.enum(['paper', 'code']),
      load: z.number().positive(),
      tasks: count.default(1000),
      learners: z
        .record(z.string(), z.array(z.int().nonnegative()).min(1))
        .describe('training seeds of the learners that are trained in it, by name'),
    }),
  ),
  learners: z.array(learnerSchema.omit({ seeds: true })).min(1),
});

const schema = z.strictObject({
  tableStreams: count.describe('streams that the table has seen before'),
  full: scale,
  quick: scale,
});

/** `studies/provider-learners.yaml`. */
export type ProviderLearnersData = z.output<typeof schema>;

export function readStudyData(): ProviderLearnersData {
  return readStudy('provider-learners', schema);
}

/** A training in a world, or the policies that need none on the same streams. */
export type ProviderLearnersCell = { readonly world: string } & (
  | ({ readonly kind: 'training' } & LearningRun)
  | {
      readonly kind: 'policies';
      readonly document: unknown;
      readonly streams: number;
      readonly tableStreams: number;
    }
);

/** A row of a learning run, and the world it was made in. */
export type ProviderLearnersRow = LearningRow & { readonly world: string };

export function providerLearnersCells(data: ProviderLearnersData, quick: boolean): ProviderLearnersCell[] {
  const { streams, validation, worlds, learners } = quick ? data.quick : data.full;
  const { tableStreams } = data;
  return worlds.flatMap(({ learners: seedsOf, ...own }) => {
    const document = { kind: 'provider', ...own };
    const world = `${own.capacities}, load ${own.load}, world ${own.seed}`;
    const common = { world, document, validation, metric: 'reward', episodes: streams };
    return [
      { kind: 'policies' as const, world, document, streams, tableStreams },
      ...learners.flatMap((learner) =>
        (seedsOf[learner.name] ?? []).map((seed) => {
          return { kind: 'training' as const, name: learner.name, learner, seed, ...common };
        }),
      ),
    ];
  });
}

export function runProviderLearnersCell(cell: ProviderLearnersCell): ProviderLearnersRow[] {
  const rows =
    cell.kind === 'training'
      ? trainLearner(cell).rows
      : policyRows(parseDrawn(cell.document), cell.streams, cell.tableStreams);
  return rows.map((row) => ({ ...row, world: cell.world }));
}

/** What the policies without training, and the bound, make of the streams that the learners are judged on. */
function policyRows(world: DrawnWorld, streams: number, tableStreams: number): LearningRow[] {
  const table = new TablePolicy();
  for (let stream = 0; stream < tableStreams; stream++) simulate(streamOf(world, world.seed, stream), table);
  return Array.from({ length: streams }, (_, episode) => {
    const market = streamOf(world, UNSEEN_SEED, episode);
    const names = providerPolicies.names().filter((name) => name !== 'table');
    const outcomes: [string, ProviderOutcome][] = [
      ...names.map((name): [string, ProviderOutcome] => [
        name,
        simulate(market, providerPolicies.get(name)(), { seed: episode }),
      ]),
      [`table after ${tableStreams} streams`, simulate(market, table)],
    ];
    const row = (name: string, metrics: Record<string, number>): LearningRow => {
      return { kind: 'episode', name, seed: 0, episode, metrics };
    };
    return [
      ...outcomes.map(([name, { reward, crashes, accepted, lost, completedValue }]) =>
        row(name, { reward, crashes, accepted, lost, completedValue }),
      ),
      row(BOUND, { reward: relax(market).upper }),
    ];
  }).flat();
}

/** Name of the rows that hold what no crash-free plan exceeds. */
export const BOUND = 'bound of crash-free plans';

function streamOf(world: DrawnWorld, seed: number, stream: number): Market {
  const { runtime, crash, reward } = world;
  const tasks = drawTasks({ ...world, seed, stream });
  return createMarket({ providers: drawProviders(world), tasks, runtime, crash, reward });
}
